/** The statements of workers and senders on Postgres, in interleavings drawn by seeds; and what notices faults in them. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../db/testing/testDatabase';
import { publishRegistrations } from '../../persistence/registrations';
import { startedBody } from '../contract/startedBody';
import { driveSessions } from './sessionDrive';
import { loadStatements, statementMutants } from './statementMutants';
import { statements } from './statements/statements';

const minuteMs = 60_000;
const seeds = 20;
/** Far more than any of the faults needs. */
const mostSeeds = 300;

describe('sessions of workers and senders on Postgres', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    const { workflow: name, version } = startedBody('');
    await publishRegistrations(sql, [{ name, version }]);
    await sql.end();
  });
  afterAll(() => database.drop());

  it(
    'keep what they were told in whatever order their statements come',
    async () => {
      const broken: string[] = [];
      for (let seed = 1; seed <= seeds; seed += 1) {
        for (const violation of await driveSessions({ seed: String(seed), url: database.url, statements })) {
          broken.push(`seed ${seed}: ${violation}`);
        }
      }
      report({ runs: seeds, violations: broken.length });
      expect(broken).toEqual([]);
    },
    10 * minuteMs,
  );

  it('have nothing against a copy of the statements without a patch', async () => {
    const copy = await loadStatements([]);
    expect(copy.createPostgresStore).not.toBe(statements.createPostgresStore);
    for (const seed of ['1', '2', '3']) {
      expect(await driveSessions({ seed, url: database.url, statements: copy }), `seed ${seed}`).toEqual([]);
    }
  });

  it.each(statementMutants)(
    'notice statements with this fault: $name',
    async ({ name, patches }) => {
      const patched = await loadStatements(patches);
      let caught: { readonly seed: string; readonly violation: string } | null = null;
      for (let seed = 1; seed <= mostSeeds && caught === null; seed += 1) {
        const options = { seed: String(seed), url: database.url, statements: patched };
        const [violation] = await driveSessions(options);
        if (violation !== undefined) caught = { seed: options.seed, violation };
      }
      report({ mutant: name, caughtBySeed: caught?.seed ?? null, violation: caught?.violation ?? null });
      expect(caught).not.toBeNull();
    },
    10 * minuteMs,
  );
});

/** Straight to the terminal, as those of the simulation. */
function report(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`sessions ${JSON.stringify(line)}\n`);
}
