/**
 * The official JSON Schema test suite for draft 7, run through both validators of forms. `npm test` installs it where it
 * can (Debian's package `json-schema-test-suite`); elsewhere these tests are skipped, and say so.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import type { Issue, SchemaEngine } from './engine';
import { isJsonObject } from './json';
import { createAjvEngine } from './server/ajvEngine';
import { formProblems } from './server/limits';
import type { JsonObject } from './types';

const FOLDER = '/usr/share/json-schema-test-suite/tests/draft7';

interface Group {
  readonly file: string;
  readonly description: string;
  readonly schema: JsonObject;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

/** Groups in the supported part that we read on purpose otherwise than the draft; both validators read them alike. */
const DELIBERATE: Readonly<Record<string, string>> = {
  'ref.json: ref overrides any sibling keywords': 'Beside "$ref", other keywords count, as in later drafts.',
};

const groups = fs.existsSync(FOLDER) ? filesIn(FOLDER).flatMap(groupsOf) : [];
const nameOf = ({ file, description }: Group) => `${file}: ${description}`;
const reasons = new Map(groups.map((group) => [group, formProblems({ jsonSchema: group.schema })]));
const supported = groups.filter((group) => reasons.get(group)?.length === 0);
const left = groups.filter((group) => !supported.includes(group));
if (groups.length === 0)
  process.stdout.write(`The draft-7 test suite is not run: there is no ${FOLDER}.
`);

describe.skipIf(groups.length === 0)('the draft-7 test suite', () => {
  const counts = { agreeing: 0, cases: 0 };

  it.each(supported.map((group) => [nameOf(group), group] as const))('%s', (name, group) => {
    const { $id: _id, $schema: _schema, ...schema } = group.schema;
    const server = createAjvEngine();
    for (const { description, data, valid } of group.tests) {
      const decided = verdictOf(server, schema, data);
      expect(verdictOf(browserEngine, schema, data), description).toEqual(decided);
      if (!Object.hasOwn(DELIBERATE, name)) expect(decided.valid, description).toBe(valid);
      counts.cases += 1;
    }
    counts.agreeing += 1;
  });

  it('is run for the most part: refusing everything would be no agreement', () => {
    expect(supported.length).toBeGreaterThan(groups.length * 0.7);
  });

  afterAll(() => {
    const lines = left.map((group) => `  left out: ${nameOf(group)}. ${reasons.get(group)?.[0]}`);
    const differently = Object.entries(DELIBERATE).map(
      ([name, reason]) => `  read otherwise by both: ${name}. ${reason}`,
    );
    process.stdout.write(
      [
        `Draft 7: ${groups.length} groups; ${counts.agreeing} agree (${counts.cases} cases), ${left.length} left out.`,
        ...differently,
        ...lines,
        '',
      ].join('\n'),
    );
  });
});

function verdictOf(engine: SchemaEngine, schema: JsonObject, data: unknown) {
  const places = (issues: readonly Issue[]) => [...new Set(issues.map(({ path: at, keyword }) => `${at} ${keyword}`))];
  const issues = engine.issues(schema, data);
  return { valid: issues.length === 0, places: places(issues).sort() };
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
}

function groupsOf(file: string): Group[] {
  const read = JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')) as (Omit<Group, 'schema' | 'file'> & {
    readonly schema: unknown;
  })[];
  // A form is never just `true` or `false`; a part of it may be.
  return read.map(({ schema, ...group }) => ({
    ...group,
    file: file.split(path.sep).join('/'),
    schema: isJsonObject(schema) ? schema : { allOf: [schema] },
  }));
}
