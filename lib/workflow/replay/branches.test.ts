import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainMacrotask, processSandbox } from '../core/sandbox';
import type { Command } from '../model/commands';
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
const done = (commandId: string, n: number, name: string): NewEntry => ({
  kind: 'action_completed',
  body: { commandId, n, name, argsHash: hashText('{}'), result: name },
});
const ids = (commands: readonly Command[]) =>
  commands.flatMap((command) => ('n' in command ? [command.commandId] : []));

describe('context.all', () => {
  it('names the commands of each branch apart, in lists and records and within each other', async () => {
    const { commands } = await run(async ({ actions, all, scope }) => {
      await Promise.all([
        all([() => actions.a(), () => actions.a()]),
        all({ left: () => scope('inner', () => actions.a()), right: () => actions.b() }),
        actions.a(),
      ]);
    });
    expect(ids(commands)).toEqual(['all#1/0/a#1', 'all#1/1/a#1', 'all#2/left/inner#1/a#1', 'all#2/right/b#1', 'a#1']);
  });

  it('gives results in order or by name, and takes promises beside functions', async () => {
    const { commands } = await run(
      async ({ actions, all }) => [await all([() => actions.a(), Promise.resolve(2)]), await all({ x: () => 3 })],
      done('all#1/0/a#1', 1, 'a'),
    );
    expect(commands).toEqual([{ type: 'complete', result: [['a', 2], { x: 3 }] }]);
  });

  it('rejects with what a branch throws before its first await', async () => {
    const { commands } = await run(async ({ all }) =>
      all([
        () => {
          throw new Error('at once');
        },
      ]),
    );
    expect(commands).toMatchObject([{ type: 'fail', error: { message: 'at once' } }]);
  });
});

describe('context.race', () => {
  const decide = async ({ events, race, actions }: WorkflowContext) => {
    const first = await race({
      approved: async () => {
        await actions.prepare();
        return (await events.waitFor('Go')).name;
      },
      stopped: () => events.waitFor('Stop'),
    });
    const next = await events.waitFor('Go');
    return `${first.name}, then ${next.name}`;
  };

  it('withdraws what the losers wait for, deep in their functions: the next event is for others', async () => {
    const { commands } = await run(decide, done('race#1/approved/prepare#1', 1, 'prepare'), event('Stop'), event('Go'));
    expect(commands.filter((command) => command.type === 'complete')).toEqual([
      { type: 'complete', result: 'stopped, then Go' },
    ]);
    expect(commands).toContainEqual({ type: 'end_wait', commandId: 'race#1/approved/waitFor#1' });
  });

  it('never lets a loser go on, not even when an action of it ends later', async () => {
    const { commands } = await run(decide, event('Stop'), done('race#1/approved/prepare#1', 1, 'prepare'), event('Go'));
    expect(ids(commands)).not.toContain('race#1/approved/waitFor#1');
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'stopped, then Go' });
  });

  it('ignores what a loser does between its withdrawal and its next await', async () => {
    const { instance } = await run(async ({ race, events, setState }) => {
      const go = events.waitFor('Go');
      await race([
        () => go,
        async () => {
          await go;
          for (let i = 0; i < 10; i += 1) await Promise.resolve();
          setState('too late');
        },
      ]);
      await events.waitFor('Never');
    }, event('Go'));
    expect(instance.state).toBeNull();
  });

  it('withdraws waits that are passed as promises, and drops their timers', async () => {
    const { commands } = await run(
      async ({ race, events, sleep }) => race([events.waitFor('Go', { timeout: '1 day' }), sleep('1 hour')]),
      { kind: 'timer_fired', body: { commandId: 'sleep#1' } },
    );
    expect(commands).toContainEqual({ type: 'drop_timer', commandId: 'waitFor#1' });
  });

  it.each<[string, (context: WorkflowContext) => Promise<unknown>]>([
    ['Promise.race', ({ events }) => Promise.race([events.waitFor('A'), events.waitFor('B')])],
    ['Promise.any', ({ events }) => Promise.any([events.waitFor('A'), events.waitFor('B')])],
    ['context.race of promises', ({ events, race }) => race([events.waitFor('A'), events.waitFor('B')])],
    ['context.race of functions', ({ events, race }) => race([() => events.waitFor('A'), () => events.waitFor('B')])],
    [
      'a race that another wait of the same name is in',
      async ({ events }) => Promise.race([events.waitFor('A'), events.waitFor('B'), events.waitFor('B')]),
    ],
  ])('lets the loser of %s keep nothing, though both had their events at once', async (_, race) => {
    const workflow = async (context: WorkflowContext) => {
      await context.actions.prepare();
      const first = (await race(context)) as { name: string };
      // In the order in which they came: the one that was given back is the older one.
      const next = await context.events.waitFor(['A', 'B']);
      const last = await context.events.waitFor(['A', 'B']);
      return [first, next, last].map((each) => `${each.name}${(each as { event_id?: string }).event_id ?? ''}`);
    };
    const { commands } = await run(workflow, event('B'), event('A'), event('B'), done('prepare#1', 1, 'prepare'));
    expect(commands.at(-1)).toEqual({ type: 'complete', result: ['AA', 'BB', 'BB'] });
  });

  it('gives what its loser had to a wait that began meanwhile', async () => {
    const { commands } = await run(
      async ({ events, actions }) => {
        await actions.prepare();
        const both = [events.waitFor('A'), events.waitFor('B')];
        const other = events.waitFor('B', { timeout: '1 day' });
        await Promise.race(both);
        return (await other)?.name;
      },
      event('A'),
      event('B'),
      done('prepare#1', 1, 'prepare'),
    );
    expect(commands.at(-1)).toEqual({ type: 'complete', result: 'B' });
    expect(commands).toContainEqual({ type: 'end_wait', commandId: 'waitFor#3' });
    expect(commands).toContainEqual({ type: 'drop_timer', commandId: 'waitFor#3' });
  });

  it('refuses an empty list, which nothing could decide', async () => {
    const { commands } = await run(async ({ race }) => race([]));
    expect(commands).toMatchObject([{ type: 'fail', error: { code: 'invalid_input' } }]);
  });
});

describe('branches', () => {
  it('give the same commands for the same log, whatever part of it was there before', async () => {
    type Shape = 'wait' | 'act' | 'sleep' | readonly ['all' | 'race', readonly Shape[]];
    const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
      shape: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Shape>('wait', 'act', 'sleep'),
        fc.tuple(
          fc.constantFrom('all' as const, 'race' as const),
          fc.array(tie('shape'), { minLength: 1, maxLength: 3 }),
        ),
      ),
    }));
    const perform = async (context: WorkflowContext, one: Shape): Promise<unknown> => {
      if (one === 'wait') return (await context.events.waitFor('E')).name;
      if (one === 'act') return context.actions.act();
      if (one === 'sleep') return context.sleep(5_000);
      const branches = one[1].map((each) => () => perform(context, each));
      return one[0] === 'all' ? context.all(branches) : context.race(branches);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(shape, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        async (shapes, dice) => {
          const workflow: WorkflowFunction = async (context) => {
            for (const one of shapes) await perform(context, one);
            return 'done';
          };
          // What a live run would log: its records, then whatever it waits for, in drawn order.
          const entries: NewEntry[] = [];
          for (let step = 0; step < 30; step += 1) {
            const { commands } = await run(workflow, ...entries);
            if (commands.some((command) => command.type === 'complete')) break;
            const answers: NewEntry[] = [];
            for (const command of commands) {
              if (command.type === 'wait') {
                const { commandId, n, names, satisfiedBy } = command;
                const body = { commandId, n, names, deadline: null, taskId: null, satisfiedBy };
                entries.push({ kind: 'wait_started', body });
              } else if (command.type === 'sleep') {
                const { commandId, n } = command;
                entries.push({ kind: 'sleep_started', body: { commandId, n, fireAt: new Date(1).toISOString() } });
              } else if (command.type === 'action') answers.push(done(command.commandId, command.n, 'act'));
            }
            const { instance } = await run(workflow, ...entries);
            for (const wait of instance.waits) {
              answers.push(
                wait.kind === 'timer' ? { kind: 'timer_fired', body: { commandId: wait.commandId } } : event('E'),
              );
            }
            const answer = answers[(dice.next().value ?? 0) % Math.max(1, answers.length)];
            if (!answer) throw new Error('Nothing goes on.');
            entries.push(answer);
          }
          const whole = await run(workflow, ...entries);
          const again = await run(workflow, ...entries);
          expect(again.commands).toEqual(whole.commands);
          const recorded = new Map(
            entries.flatMap(({ body }) => ('n' in body ? [[body.commandId, body.n] as const] : [])),
          );
          for (let length = 0; length <= entries.length; length += 1) {
            const { commands } = await run(workflow, ...entries.slice(0, length));
            for (const command of commands) {
              if ('n' in command) expect(recorded.get(command.commandId) ?? command.n).toBe(command.n);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
