import { describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../model/workflow';
import { testWorkflow } from '../testing';

/** What the code is told of a date that is none. */
async function toldOf(given: unknown): Promise<unknown> {
  const run = await testWorkflow(
    async ({ sleepUntil }: WorkflowContext) => {
      try {
        return await sleepUntil(given as Date);
      } catch (error) {
        const { code, message } = error as Error & { code?: string };
        return [code, message];
      }
    },
    { name: 'Sleeping' },
  );
  expect(run).toMatchObject({ status: 'completed', error: null, elapsedMs: 0 });
  return run.result;
}

describe('sleepUntil', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['', ''],
    ['tomorrow', 'tomorrow'],
    ['2026-13-01', '2026-13-01'],
    [1_767_603_600_000, '1767603600000'],
    [true, 'true'],
    [new Date(Number.NaN), 'Invalid Date'],
  ])('refuses %j at the call, and says what it takes', async (given, shown) => {
    const message = `sleepUntil needs a date, not "${shown}". Give a Date, or text like 2026-12-24T12:00:00Z.`;
    expect(await toldOf(given)).toEqual(['invalid_input', message]);
  });

  it.each([{}, [], () => 1, Symbol('soon'), Object.create(null)])(
    'refuses what is no date at all (%#)',
    async (given) => {
      expect(await toldOf(given)).toEqual(['invalid_input', expect.stringContaining('sleepUntil needs a date, not ')]);
    },
  );

  it.each(['0999-12-31T23:59:59Z', '+010000-01-01T00:00:00Z', new Date(8.64e15)])(
    'refuses %s, which a log could not keep',
    async (given) => {
      expect(await toldOf(given)).toEqual(['invalid_input', expect.stringContaining('in the years 1000 to 9999')]);
    },
  );

  it('goes on at once where the date has passed', async () => {
    expect(await toldOf('2020-02-29T00:00:00Z')).toBeNull();
  });
});
