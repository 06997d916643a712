import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Turn, WorkflowScope } from '../replay/sandbox';
import { drainMacrotask, outsideWorkflow, processSandbox } from './sandbox';

const realNextTick = process.nextTick.bind(process);

/** A process of its own: the test runner has handlers of its own for rejections. */
function runAlone(body: string) {
  const script = `
    import { drainMacrotask, processSandbox } from './lib/workflow/core/sandbox.ts';
    const scopeAt = (ms) => ({ nowMs: () => ms, random: () => 0.5, withdraw: () => undefined });
    const turnAt = (ms, code) => ({ begin: () => { processSandbox().enter(scopeAt(ms)); void code(); }, end: () => undefined });
    const inWorkflow = (code) => drainMacrotask([turnAt(1, code)]);
    const later = () => new Promise((resolve) => setTimeout(resolve, 50));
    ${body}`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout: stdout.trim() };
}

describe('a promise that is rejected before anybody awaits it', { timeout: 30_000 }, () => {
  it('does not end the process when it is of workflow code, which may await it later', () => {
    const ended = runAlone(`
      const pause = later();
      await inWorkflow(async () => {
        const early = (async () => { throw new Error('early'); })();
        await pause;
        await early.catch((error) => console.log('caught ' + error.message));
      });
      await later();`);
    expect(ended).toEqual({ status: 0, stdout: 'caught early' });
  });

  it('does not end the process when workflow code went on by itself and was refused', () => {
    const ended = runAlone(`
      const { ForeignAwaitError } = await import('./lib/workflow/model/errors.ts');
      const pause = later();
      await inWorkflow(async () => {
        await pause;
        throw new ForeignAwaitError('too late');
      });
      await later();
      console.log('went on');`);
    expect(ended).toEqual({ status: 0, stdout: 'went on' });
  });

  it('ends the process everywhere else', () => {
    const ended = runAlone(`
      processSandbox();
      void Promise.reject(new Error('lost'));
      await later();
      console.log('went on');`);
    expect(ended).toEqual({ status: 1, stdout: '' });
  });
});

describe('turns', () => {
  const scopeAt = (ms: number): WorkflowScope => ({ nowMs: () => ms, random: () => 0.5, withdraw: () => undefined });
  const turn = (ms: number, code: () => Promise<void>): Turn => ({
    begin: () => {
      processSandbox().enter(scopeAt(ms));
      void code();
    },
    end: () => seen.push(`end ${ms} outside ${Date.now() > 1_000}`),
  });
  let seen: string[] = [];
  const awaitingOften = (ms: number) => async () => {
    for (let i = 0; i < 50; i += 1) await Promise.resolve();
    await new Promise<void>((resolve) => realNextTick(resolve));
    seen.push(`${ms} sees ${Date.now()}`);
  };

  it('run whole, each with its own clock, and nothing else between them', async () => {
    seen = [];
    setImmediate(() => seen.push('before'));
    const taken = drainMacrotask([turn(1, awaitingOften(1)), turn(2, awaitingOften(2))]);
    setImmediate(() => seen.push(`after, outside ${Date.now() > 1_000}`));
    await taken;
    await drainMacrotask([]);
    expect(seen).toEqual([
      'before',
      '1 sees 1',
      'end 1 outside true',
      '2 sees 2',
      'end 2 outside true',
      'after, outside true',
    ]);
  });

  it('are all taken where one fails, which is told at the end', async () => {
    seen = [];
    const failing: Turn = {
      begin: () => {
        throw new Error('differs');
      },
      end: () => seen.push('never'),
    };
    await expect(drainMacrotask([failing, turn(2, awaitingOften(2))])).rejects.toThrow('differs');
    expect(seen).toEqual(['2 sees 2', 'end 2 outside true']);
  });

  it('let what runs outside of the workflow see the real clock', async () => {
    seen = [];
    await drainMacrotask([
      turn(1, async () => {
        const outside = outsideWorkflow(() => Date.now() > 1_000);
        seen.push(`outside ${outside}, then ${Date.now()}`);
      }),
    ]);
    expect(seen[0]).toBe('outside true, then 1');
  });
});

describe('clocks inside of workflow code', () => {
  const inWorkflow = async <T>(ms: number, code: () => T): Promise<T> => {
    const answers: T[] = [];
    const errors: unknown[] = [];
    const scope: WorkflowScope = { nowMs: () => ms, random: () => 0.5, withdraw: () => undefined };
    const begin = () => {
      processSandbox().enter(scope);
      try {
        answers.push(code());
      } catch (error) {
        errors.push(error);
      }
    };
    await drainMacrotask([{ begin, end: () => undefined }]);
    if (errors.length > 0) throw errors[0];
    return (answers as [T])[0];
  };
  const longAgo = Date.UTC(1999, 4, 6, 7, 8);

  it('are those of the log, also for a date made by the constructor of another', async () => {
    const made = await inWorkflow(longAgo, () => new (new Date(5).constructor as DateConstructor)());
    expect(made.getTime()).toBe(longAgo);
    expect(made.constructor).toBe(Date);
  });

  it('are those of the log, also for a format that is given no date', async () => {
    const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
    const text = 'May 6, 1999';
    const joined = (date?: Date) =>
      format
        .formatToParts(date)
        .map(({ value }) => value)
        .join('');
    expect(await inWorkflow(longAgo, () => [format.format(), [undefined].map(format.format)[0], joined()])).toEqual([
      text,
      text,
      text,
    ]);
    const other = new Date(Date.UTC(2010, 0, 1));
    expect(await inWorkflow(longAgo, () => [format.format(other), joined(other)])).toEqual([
      'Jan 1, 2010',
      'Jan 1, 2010',
    ]);
    expect([format.format(), joined()]).not.toContain(text);
  });

  it('are those of the log, also where they count from something else', async () => {
    const ns = BigInt(longAgo) * 1_000_000n;
    const [seconds, nanos] = [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
    const read = () => [
      performance.timeOrigin + performance.now(),
      process.hrtime(),
      process.hrtime([seconds - 2, 5]),
      process.hrtime([seconds + 1, 0]),
      process.hrtime.bigint(),
    ];
    expect(await inWorkflow(longAgo, read)).toEqual([longAgo, [seconds, nanos], [1, 999_999_995], [-1, 0], ns]);
    const since = process.hrtime();
    const sinceNs = process.hrtime.bigint();
    const [passedSeconds, passedNanos] = process.hrtime(since);
    expect(passedSeconds * 1e9 + passedNanos).toBeGreaterThanOrEqual(0);
    expect(process.hrtime.bigint()).toBeGreaterThanOrEqual(sinceNs);
    expect(performance.timeOrigin).toBeGreaterThan(Date.UTC(2020, 0, 1));
  });
});
