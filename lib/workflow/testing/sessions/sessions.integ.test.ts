/** The statements of workers and senders on Postgres, in interleavings drawn by seeds; and what notices faults in them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../db/testing/testDatabase';
import { brokenSeeds, prepareSessions, type BrokenSeed } from './runSessions';
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
    await prepareSessions(database.url);
  });
  afterAll(() => database.drop());

  it(
    'keep what they were told in whatever order their statements come',
    async () => {
      const broken: BrokenSeed[] = [];
      for await (const seed of brokenSeeds({ seeds: first(seeds), url: database.url, statements })) broken.push(seed);
      report({ runs: seeds, violations: broken.length });
      expect(broken).toEqual([]);
    },
    10 * minuteMs,
  );

  it('have nothing against a copy of the statements without a patch', async () => {
    const copy = await loadStatements([]);
    expect(copy.createPostgresStore).not.toBe(statements.createPostgresStore);
    for await (const broken of brokenSeeds({ seeds: first(3), url: database.url, statements: copy })) {
      expect.unreachable(JSON.stringify(broken));
    }
  });

  it.each(statementMutants)(
    'notice statements with this fault: $name',
    async ({ name, patches }) => {
      const patched = await loadStatements(patches);
      const drives = brokenSeeds({ seeds: first(mostSeeds), url: database.url, statements: patched });
      const { value: caught } = (await drives.next()) as IteratorResult<BrokenSeed, undefined>;
      report({ mutant: name, caughtBySeed: caught?.seed ?? null, violation: caught?.violations[0] ?? null });
      expect(caught).toBeDefined();
    },
    10 * minuteMs,
  );
});

const first = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

/** Straight to the terminal, as those of the simulation. */
function report(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`sessions ${JSON.stringify(line)}\n`);
}
