import { describe, expect, it } from 'vitest';
import { Dice } from './dice';
import { noFaults } from './faults';
import { catchMutant, mutants } from './mutants';
import { loadPatchedWorker } from './patchedWorker';
import { drawPoison, poisonWorld } from './poisonScenarios';
import { drawScenarios } from './scenarios';
import { simulate } from './simulate';

const seeds = 2_000;
const minuteMs = 60_000;

describe('simulation of workers over one database', () => {
  it(
    'keeps every promise whatever fails',
    async () => {
      const broken: string[] = [];
      const totals = {
        executions: 0,
        entries: 0,
        crashes: 0,
        stalls: 0,
        takeovers: 0,
        failedStatements: 0,
        lacking: 0,
      };
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations, counts } = await simulate({ seed: String(seed) });
        for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += counts[name];
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      report({ runs: seeds, ...totals, violations: broken.length });
      expect(broken).toEqual([]);
      const { crashes, stalls, takeovers, failedStatements, lacking } = totals;
      expect(Math.min(crashes, stalls, takeovers, failedStatements, lacking)).toBeGreaterThan(100);
    },
    20 * minuteMs,
  );

  it(
    'gives events of the bus once to each execution that asks for what they hold, whatever fails',
    async () => {
      const broken: string[] = [];
      for (let seed = 1; seed <= 150; seed += 1) {
        const scenarios = drawScenarios(new Dice(String(seed)), 4, 'payment');
        const { violations } = await simulate({ seed: String(seed), scenarios });
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      expect(broken).toEqual([]);
    },
    10 * minuteMs,
  );

  it(
    'keeps the time of a sleep that loses one race after the other, whatever fails',
    async () => {
      const broken: string[] = [];
      for (let seed = 1; seed <= 150; seed += 1) {
        const scenarios = drawScenarios(new Dice(String(seed)), 4, 'deadline');
        const { violations } = await simulate({ seed: String(seed), scenarios });
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      expect(broken).toEqual([]);
    },
    10 * minuteMs,
  );

  it(
    'brings parents to their end whose children failed, once both are tried again, whatever fails',
    async () => {
      const broken: string[] = [];
      for (let seed = 1; seed <= 60; seed += 1) {
        const scenarios = drawScenarios(new Dice(String(seed)), 4, 'household');
        const { violations } = await simulate({ seed: String(seed), scenarios });
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      expect(broken).toEqual([]);
    },
    10 * minuteMs,
  );

  it(
    'goes one way through code that a deploy changes while an action is under way, whatever fails',
    async () => {
      const broken: string[] = [];
      const ways = new Set<string>();
      for (let seed = 1; seed <= 300; seed += 1) {
        const scenarios = drawScenarios(new Dice(String(seed)), 4, 'changed');
        const { violations, ends } = await simulate({ seed: String(seed), scenarios, hasMixedCode: true });
        for (const end of ends) ways.add(end);
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      expect(broken).toEqual([]);
      expect([...ways]).toEqual(expect.arrayContaining(['completed "old"', 'completed "new"']));
    },
    10 * minuteMs,
  );

  it(
    'puts aside what ends its workers, however late it does, and nobody who runs beside it',
    async () => {
      const broken: string[] = [];
      let takeovers = 0;
      for (let seed = 1; seed <= 60; seed += 1) {
        const { violations, counts } = await simulate({
          seed: String(seed),
          scenarios: drawPoison(String(seed)),
          ...poisonWorld,
        });
        takeovers += counts.takeovers;
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      report({ runs: 60, poisons: 60, takeovers, violations: broken.length });
      expect(broken).toEqual([]);
      expect(takeovers).toBeGreaterThan(3 * 60);
    },
    10 * minuteMs,
  );

  it(
    'comes to the same end where nothing fails',
    async () => {
      for (let seed = 1; seed <= 50; seed += 1) {
        const { violations, counts } = await simulate({ seed: String(seed), faults: noFaults });
        expect(violations, `seed ${seed}`).toEqual([]);
        expect(counts).toMatchObject({ crashes: 0, takeovers: 0, failedStatements: 0 });
      }
    },
    10 * minuteMs,
  );

  it(
    'loses no signal that comes in the instant of the wait, 10,000 times',
    async () => {
      const rounds = 20;
      const broken: string[] = [];
      for (let seed = 1; seed <= 10_000 / rounds; seed += 1) {
        const scenario = {
          workflow: 'instant' as const,
          startAfterMs: 0,
          data: { rounds },
          events: [],
          expected: { status: 'completed' as const, result: () => rounds },
        };
        const { violations } = await simulate({ seed: `instant ${seed}`, scenarios: [scenario] });
        for (const violation of violations) broken.push(`seed ${seed}: ${violation}`);
      }
      report({ signals: 10_000, violations: broken.length });
      expect(broken).toEqual([]);
    },
    15 * minuteMs,
  );

  it(
    'does the same again for the same seed, step by step',
    async () => {
      for (const seed of ['1', '2', '3', 'another']) {
        const [first, second] = [await simulate({ seed }), await simulate({ seed })];
        expect(second.traceHash).toBe(first.traceHash);
        expect(second.steps).toBe(first.steps);
      }
      expect((await simulate({ seed: '1' })).traceHash).not.toBe((await simulate({ seed: '2' })).traceHash);
    },
    10 * minuteMs,
  );
});

describe('oracle of the simulation', () => {
  it('finds nothing in a copy of the engine without a patch, which does step by step what the engine does', async () => {
    const WorkerClass = await loadPatchedWorker([]);
    for (const seed of ['1', '2', '3']) {
      const [copy, original] = [await simulate({ seed, mutation: { WorkerClass } }), await simulate({ seed })];
      expect(copy.violations).toEqual([]);
      expect(copy.traceHash).toBe(original.traceHash);
    }
  });

  it('refuses a patch that does not fit the source any more', async () => {
    const patch = { file: 'core/engine/engine.ts', find: 'words that nobody wrote', replace: '' };
    await expect(loadPatchedWorker([patch])).rejects.toThrow('does not fit any more');
  });

  it.each(mutants)(
    'notices an engine with this fault: $name',
    async (mutant) => {
      const { seed, violation } = await catchMutant(mutant, 2_000);
      report({ mutant: mutant.name, caughtBySeed: seed, violation });
      expect(seed).not.toBeNull();
    },
    15 * minuteMs,
  );
});

/** Straight to the terminal: counts are a product of this suite, and reporters swallow what passes. */
function report(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`simulation ${JSON.stringify(line)}\n`);
}
