import { describe, expect, it } from 'vitest';
import { drainMacrotask, processSandbox } from '../core/sandbox';
import { hashText } from '../model/hash';
import type { HistoryEntry, NewEntry } from '../model/history';
import type { WorkflowContext, WorkflowFunction } from '../model/workflow';
import { replay } from './replay';

const started: NewEntry = {
  kind: 'execution_started',
  body: {
    workflow: 'Test',
    version: '1',
    trigger: { name: 's', type: 's', payload: {}, user_id: null, event_id: 'e0', timestamp: '' },
    initialData: {},
    seed: 'seed',
    logicalExecutionId: 'x1',
    startedBy: null,
  },
};
const history = (...entries: NewEntry[]): HistoryEntry[] =>
  [started, ...entries].map((entry, index) => ({ seq: index + 1, at: 1_000 * index, ...entry }));
const run = (workflow: WorkflowFunction, ...entries: NewEntry[]) =>
  replay({
    definition: { name: 'Test', version: '1', run: workflow },
    identity: { executionId: 'x1', tenant: 'acme' },
    history: history(...entries),
    sandbox: processSandbox(),
    drain: drainMacrotask,
  });
const event = (name: string, payload: object = {}): NewEntry => ({
  kind: 'event_received',
  body: { event: { name, type: name, payload, user_id: null, event_id: name, timestamp: '' } },
});
const fired = (commandId: string): NewEntry => ({ kind: 'timer_fired', body: { commandId } });
const canceled: NewEntry = { kind: 'cancel_requested', body: { by: 'alice', reason: 'enough' } };
const waited = (commandId: string, n: number, name: string): NewEntry => ({
  kind: 'wait_started',
  body: { commandId, n, names: [name], deadline: null, taskId: null, satisfiedBy: null },
});
const slept = (commandId: string, n: number, fireAt: string): NewEntry => ({
  kind: 'sleep_started',
  body: { commandId, n, fireAt },
});

type Use = (context: WorkflowContext, deadline: Promise<void>) => Promise<unknown>;
const uses: [string, Use][] = [
  ['Promise.race', ({ events }, deadline) => Promise.race([events.waitFor('A'), deadline])],
  ['Promise.any', ({ events }, deadline) => Promise.any([events.waitFor('A'), deadline])],
  ['context.race of promises', ({ events, race }, deadline) => race([events.waitFor('A'), deadline])],
  ['context.race of functions', ({ events, race }, deadline) => race([() => events.waitFor('A'), () => deadline])],
];

describe('a sleep that lost a race', () => {
  it.each(uses)('keeps its time when %s gets it again', async (_, race) => {
    const workflow: WorkflowFunction = async (context) => {
      const deadline = context.sleep('1 day');
      const got: unknown[] = [];
      for (;;) {
        const winner = (await race(context, deadline)) as { payload: { n: number } } | undefined;
        if (!winner) return got;
        got.push(winner.payload.n);
      }
    };
    const { commands, instance } = await run(workflow, event('A', { n: 1 }), event('A', { n: 2 }));
    expect(instance.waits).toMatchObject([{ kind: 'event' }, { commandId: 'sleep#1', deadlineMs: 86_400_000 }]);
    expect(instance.wantedTimers).toEqual([{ commandId: 'sleep#1', fireAtMs: 86_400_000, taskId: null }]);
    expect(commands.filter(({ type }) => type === 'sleep')).toHaveLength(1);
    const { commands: whole } = await run(workflow, event('A', { n: 1 }), event('A', { n: 2 }), fired('sleep#1'));
    expect(whole.at(-1)).toEqual({ type: 'complete', result: [1, 2] });
  });

  it.each<[string, (deadline: Promise<void>) => Promise<unknown>]>([
    ['awaited', async (deadline) => void (await deadline)],
    ['chained', (deadline) => deadline.then(() => undefined)],
    ['given to Promise.all', (deadline) => Promise.all([deadline])],
    ['returned', async (deadline) => deadline],
  ])('ends when it is %s afterwards', async (_, use) => {
    const { commands } = await run(
      async ({ events, sleep }) => {
        const deadline = sleep('1 day');
        await Promise.race([events.waitFor('A'), deadline]);
        await events.waitFor('B');
        await use(deadline);
        return 'over';
      },
      event('A'),
      event('B'),
      fired('sleep#1'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'over' });
  });

  it('is over at once when its time came while nobody used it', async () => {
    const { commands } = await run(
      async ({ events, sleep }) => {
        const deadline = sleep('1 s');
        await Promise.race([events.waitFor('A'), deadline]);
        await events.waitFor('B');
        await deadline;
        return 'over';
      },
      event('A'),
      fired('sleep#1'),
      event('B'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'over' });
    expect(commands.filter(({ type }) => type === 'wait_again')).toEqual([]);
  });

  it('waits for nothing as long as nobody uses it', async () => {
    const { instance } = await run(async ({ events, sleep }) => {
      const deadline = sleep('1 day');
      await Promise.race([events.waitFor('A'), deadline]);
      await events.waitFor('B');
      await deadline;
    }, event('A'));
    expect(instance.waits.map(({ commandId }) => commandId)).toEqual(['waitFor#2']);
  });

  it('stays open when the branch ends in which it was used again', async () => {
    const { commands } = await run(
      async ({ events, race, sleep }) => {
        const deadline = sleep('1 day');
        await Promise.race([events.waitFor('A'), deadline]);
        const other = deadline.then(() => 'the time is over');
        await race([() => events.waitFor('B'), async () => void (await deadline)]);
        return other;
      },
      event('A'),
      event('B'),
      fired('sleep#1'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'the time is over' });
  });

  it('is not waited for again by a branch that lost', async () => {
    const { instance } = await run(
      async ({ events, race, sleep }) => {
        const deadline = sleep('1 day');
        await Promise.race([events.waitFor('A'), deadline]);
        const go = events.waitFor('Go');
        await race([
          () => go,
          async () => {
            await go;
            for (let i = 0; i < 10; i += 1) await Promise.resolve();
            await deadline;
          },
        ]);
        await events.waitFor('B');
      },
      event('A'),
      event('Go'),
    );
    expect(instance.waits.map(({ commandId }) => commandId)).toEqual(['waitFor#3']);
  });

  it('throws where the code is told by it that the execution is canceled', async () => {
    const { commands } = await run(
      async ({ actions, events, sleep }) => {
        const deadline = sleep('1 day');
        await Promise.race([events.waitFor('A'), deadline]);
        await actions.prepare?.();
        return deadline.catch((error: Error) => error.name);
      },
      slept('sleep#1', 1, '1970-01-02T00:00:00.000Z'),
      waited('waitFor#1', 2, 'A'),
      event('A'),
      canceled,
      {
        kind: 'action_completed',
        body: { commandId: 'prepare#1', n: 3, name: 'prepare', argsHash: hashText('{}'), result: 1 },
      },
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'CanceledError' });
  });

  it('replays a log of before, in which it never came back', async () => {
    const { instance } = await run(
      async ({ events, sleep }) => {
        const deadline = sleep('1 s');
        for (let i = 0; i < 3; i += 1) await Promise.race([events.waitFor('A'), deadline]);
        await events.waitFor('B');
      },
      slept('sleep#1', 1, '1970-01-01T00:00:01.000Z'),
      waited('waitFor#1', 2, 'A'),
      event('A'),
      waited('waitFor#2', 3, 'A'),
      event('A'),
      waited('waitFor#3', 4, 'A'),
      event('A'),
      waited('waitFor#4', 5, 'B'),
    );
    expect(instance.waits.map(({ commandId }) => commandId)).toEqual(['waitFor#4']);
  });
});

describe('a wait for an event that lost a race', () => {
  const patient = async ({ events, sleep }: WorkflowContext, meanwhile: () => Promise<unknown>) => {
    const wait = events.waitFor('A', { timeout: '1 day' });
    await Promise.race([wait, sleep('1 hour')]);
    await meanwhile();
    return (await wait)?.payload ?? 'too late';
  };

  it('takes the event that came while nobody waited for it', async () => {
    const { commands } = await run(
      (context) => patient(context, () => context.events.waitFor('B')),
      fired('sleep#1'),
      event('A', { n: 1 }),
      event('B'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: { n: 1 } });
  });

  it('is open again, with its time, and takes the next event', async () => {
    const workflow: WorkflowFunction = (context) => patient(context, () => Promise.resolve());
    const { commands } = await run(workflow, fired('sleep#1'), event('A', { n: 2 }));
    expect(commands.at(-1)).toEqual({ type: 'complete', result: { n: 2 } });
    const { commands: late } = await run(workflow, fired('sleep#1'), fired('waitFor#1'));
    expect(late.at(-1)).toEqual({ type: 'complete', result: 'too late' });
  });

  it('answers null when its time came while nobody used it', async () => {
    const { commands } = await run(
      (context) => patient(context, () => context.events.waitFor('B')),
      fired('sleep#1'),
      fired('waitFor#1'),
      event('B'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'too late' });
  });

  it('eats no event of others before it is used again', async () => {
    const { commands } = await run(
      async (context) => {
        const other: unknown[] = [];
        const own = await patient(context, async () => other.push((await context.events.waitFor('A')).payload));
        return [other, own];
      },
      fired('sleep#1'),
      event('A', { n: 1 }),
      event('A', { n: 2 }),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: [[{ n: 1 }], { n: 2 }] });
  });
});
