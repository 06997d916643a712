import { describe, expect, it } from 'vitest';
import type { Command } from '../model/commands';
import type { EntryBody, EntryKind, HistoryEntry } from '../model/history';
import { NondeterminismError } from '../model/errors';
import type { Match } from '../model/match';
import type { WorkflowContext, WorkflowFunction } from '../model/workflow';
import { hashText } from '../model/hash';
import { drainMacrotask, processSandbox } from '../core/sandbox';
import { replay } from './replay';

const at = Date.UTC(2026, 0, 5, 9);

function log(...entries: { [K in EntryKind]: [K, EntryBody<K>] }[EntryKind][]): HistoryEntry[] {
  const started = {
    workflow: 'Test',
    version: '1',
    trigger: {
      name: 'INVOICE_SUBMITTED',
      type: 'INVOICE_SUBMITTED',
      payload: { amount: 5 },
      user_id: 'u1',
      event_id: 'e1',
      timestamp: '2026-01-05T09:00:00.000Z',
    },
    initialData: { invoice: { amount: 5 } },
    seed: 'seed-1',
    logicalExecutionId: 'x1',
    startedBy: 'u1',
  };
  return [['execution_started', started] as const, ...entries].map(
    ([kind, body], index) => ({ seq: index + 1, at: at + index * 1000, kind, body }) as HistoryEntry,
  );
}

const run = (workflow: WorkflowFunction, history: readonly HistoryEntry[]) =>
  replay({
    definition: { name: 'Test', version: '1', run: workflow },
    identity: { executionId: 'x1', tenant: 'acme' },
    history,
    sandbox: processSandbox(),
    drain: drainMacrotask,
  });

const received = (name: string, payload: object = {}): ['event_received', EntryBody<'event_received'>] => [
  'event_received',
  { event: { name, type: name, payload, user_id: 'u2', event_id: 'e2', timestamp: '2026-01-05T10:00:00.000Z' } },
];

const done = (
  name: string,
  commandId: string,
  n: number,
  args: unknown,
  result: EntryBody<'action_completed'>['result'],
): ['action_completed', EntryBody<'action_completed'>] => [
  'action_completed',
  { commandId, n, name, argsHash: hashText(JSON.stringify(args)), result },
];

const types = (commands: readonly Command[]) => commands.map((command) => command.type);

describe('replay', () => {
  it('gives the commands that the log does not hold yet', async () => {
    const { commands, instance } = await run(async ({ actions, setState }) => {
      setState('draft');
      await actions.send({ to: 'x' });
    }, log());
    expect(types(commands)).toEqual(['set_state', 'action']);
    expect(commands[1]).toMatchObject({ commandId: 'send#1', n: 2, name: 'send', args: { to: 'x' } });
    expect(instance.state).toBe('draft');
  });

  it('leaves out the commands that the log holds', async () => {
    const workflow = async ({ actions, setState, data }: WorkflowContext) => {
      setState('draft');
      data.set('k', 1);
      const answer = (await actions.send({ to: 'x' })) as { ok: boolean };
      await actions.next({ ok: answer.ok });
    };
    const { commands } = await run(
      workflow,
      log(
        ['state_changed', { commandId: 'setState#1', n: 1, state: 'draft' }],
        ['data_set', { commandId: 'data.set#1', n: 2, key: 'k', value: 1 }],
        done('send', 'send#1', 3, { to: 'x' }, { ok: true }),
      ),
    );
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({ type: 'action', commandId: 'next#1', args: { ok: true } });
  });

  it('feeds long logs in order, and nothing behind a difference', async () => {
    const rounds = 700;
    const seen: number[] = [];
    const workflow = async ({ actions, events, setState }: WorkflowContext) => {
      for (let round = 0; round < rounds; round += 1) {
        await events.waitFor('Go');
        seen.push(round);
        setState(`round ${round}`);
        await actions.step({ round });
      }
    };
    const entries = Array.from(
      { length: rounds },
      (_, round) =>
        [
          [
            'wait_started',
            {
              commandId: `waitFor#${round + 1}`,
              n: 3 * round + 1,
              names: ['Go'],
              deadline: null,
              taskId: null,
              satisfiedBy: null,
            },
          ],
          received('Go'),
          ['state_changed', { commandId: `setState#${round + 1}`, n: 3 * round + 2, state: `round ${round}` }],
          done('step', `step#${round + 1}`, 3 * round + 3, { round }, { ok: true }),
        ] as const,
    ).flat() as Parameters<typeof log>;
    const { commands, instance } = await run(workflow, log(...entries));
    expect(seen).toEqual(Array.from({ length: rounds }, (_, round) => round));
    expect(types(commands).filter((type) => type !== 'end_wait')).toEqual(['complete']);
    expect(instance.state).toBe(`round ${rounds - 1}`);

    seen.length = 0;
    entries[4 * 50 + 2] = ['state_changed', { commandId: 'setState#51', n: 152, state: 'another' }];
    await expect(run(workflow, log(...entries))).rejects.toThrow(NondeterminismError);
    expect(seen).toHaveLength(51);
  });

  it('completes with the result of the function', async () => {
    const { commands, instance } = await run(
      async ({ actions }) => actions.send({}),
      log(done('send', 'send#1', 1, {}, 7)),
    );
    expect(commands).toEqual([{ type: 'complete', result: 7 }]);
    expect(instance.finished).toBe(true);
  });

  it('fails with a result that the log cannot hold, and with whatever is thrown', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const failures = [
      async () => circular,
      async () => Promise.reject(Object.assign(new Error('Odd'), { details: circular })),
      async () => Promise.reject(Object.create(null) as Error),
    ];
    for (const workflow of failures) expect(types((await run(workflow, log())).commands)).toEqual(['fail']);
  });

  it('receives events of the log in its order, also those that came early', async () => {
    const seen: string[] = [];
    await run(
      async ({ events }) => {
        const second = await events.waitFor<{ n: number }>('B');
        const first = await events.waitFor<{ n: number }>(['A', 'C']);
        seen.push(`${second.name}${second.payload.n}`, `${first.name}${first.payload.n}`);
      },
      log(received('A', { n: 1 }), received('B', { n: 2 }), received('A', { n: 3 })),
    );
    expect(seen).toEqual(['B2', 'A1']);
  });

  it('gives null when the timer of a wait fires, and the event when that comes first', async () => {
    const workflow: WorkflowFunction = async ({ events }) =>
      (await events.waitFor('A', { timeout: '1 h' }))?.name ?? null;
    const timedOut = await run(workflow, log(['timer_fired', { commandId: 'waitFor#1' }], received('A')));
    const answered = await run(workflow, log(received('A'), ['timer_fired', { commandId: 'waitFor#1' }]));
    expect(timedOut.commands.at(-1)).toEqual({ type: 'complete', result: null });
    expect(answered.commands.find((command) => command.type === 'complete')).toEqual({ type: 'complete', result: 'A' });
  });

  it('counts the deadline of a wait from the entry that the code answers', async () => {
    const { commands } = await run(async ({ events }) => {
      await events.waitFor('A', { timeout: '3 days' });
    }, log());
    expect(commands[0]).toMatchObject({ type: 'wait', deadlineMs: at + 3 * 86_400_000 });
  });

  it('answers clocks and randomness from the log, the same in every run', async () => {
    const workflow: WorkflowFunction = async ({ actions }) => {
      await actions.first({});
      return [Date.now(), new Date().toISOString(), Math.random(), crypto.randomUUID()];
    };
    const history = log(done('first', 'first#1', 1, {}, null));
    const [one, two] = [await run(workflow, history), await run(workflow, history)];
    expect(one.commands).toEqual(two.commands);
    const complete = one.commands.find((command) => command.type === 'complete');
    expect(complete).toMatchObject({
      result: [at + 1000, '2026-01-05T09:00:01.000Z', expect.any(Number), expect.any(String)],
    });
  });

  it('gives fresh copies of data, so that changing one changes nothing', async () => {
    const { commands } = await run(async ({ data }) => {
      const copy = data.get<{ amount: number }>('invoice');
      copy.amount = 99;
      return data.get('invoice');
    }, log());
    expect(commands).toEqual([{ type: 'complete', result: { amount: 5 } }]);
  });

  it('withdraws a wait that lost a race, so that it consumes no event', async () => {
    const workflow: WorkflowFunction = async ({ actions, events }) => {
      const winner = (await Promise.race([events.waitFor('A'), actions.quick({})])) as { name?: string } | null;
      const later = await events.waitFor('A');
      return [winner, later.payload];
    };
    const lost = { commandId: 'waitFor#1', n: 1, names: ['A'], deadline: null, taskId: null, satisfiedBy: null };
    const { commands } = await run(
      workflow,
      log(['wait_started', lost], done('quick', 'quick#1', 2, {}, 'done'), received('A', { n: 1 })),
    );
    expect(commands.find((command) => command.type === 'complete')).toEqual({
      type: 'complete',
      result: ['done', { n: 1 }],
    });
  });

  it('ends a wait for a task by the end of the task, whatever name in its id it was written with', async () => {
    const created: ['task_created', EntryBody<'task_created'>] = [
      'task_created',
      {
        commandId: 'createHumanTask#1',
        n: 1,
        argsHash: hashText(JSON.stringify({ taskType: 'fix', title: 'fix' })),
        taskId: 't-1',
        taskType: 'fix',
        title: 'fix',
        completionEvent: 'Task:t-1:Complete',
        formVersion: 1,
        candidateRoles: [],
        candidateUsers: [],
        dueAt: null,
        expiresAt: null,
        warnings: [],
      },
    ];
    const ended: ['task_ended', EntryBody<'task_ended'>] = [
      'task_ended',
      {
        taskId: 't-1',
        status: 'completed',
        outcome: 'done',
        output: { a: 1 },
        by: 'mia',
        formVersion: 1,
        eventName: 'Task:t-1:Complete',
        endedAt: '2026-01-05T10:00:00.000Z',
      },
    ];
    const { commands } = await run(
      async ({ actions, events }) => {
        const { taskId } = await actions.createHumanTask({ taskType: 'fix', title: '' });
        const end = await events.waitFor(`ITEM_MAPPING_TASK_RESOLVED_${taskId}`);
        return end.payload;
      },
      log(created, ended),
    );
    expect(commands.find((command) => command.type === 'complete')).toMatchObject({
      result: { taskId: 't-1', status: 'completed', outcome: 'done', by: 'mia' },
    });
  });
});

describe('replay of changed code', () => {
  const twoSteps = log(done('a', 'a#1', 1, {}, 1), done('b', 'b#1', 2, {}, 2));

  it.each<[string, WorkflowFunction]>([
    ['another action', async ({ actions }) => [await actions.a({}), await actions.c({})]],
    ['another order', async ({ actions }) => [await actions.b({}), await actions.a({})]],
    ['other arguments', async ({ actions }) => [await actions.a({}), await actions.b({ changed: true })]],
    ['an action before the others', async ({ actions }) => [await actions.c({}), await actions.a({})]],
    [
      'a command in between',
      async ({ actions, setState }) => [await actions.a({}), setState('x'), await actions.b({})],
    ],
    ['fewer commands', async ({ actions }) => actions.a({})],
    ['one more branch in parallel', async ({ actions }) => Promise.all([actions.c({}), actions.a({}), actions.b({})])],
  ])('finds %s', async (_, workflow) => {
    await expect(run(workflow, twoSteps)).rejects.toMatchObject({ name: 'NondeterminismError' });
  });

  it('says what the log holds and what the code does', async () => {
    const error: unknown = await run(async ({ actions }) => [await actions.a({}), await actions.c({})], twoSteps).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ difference: { seq: 3, recorded: 'action b', actual: 'action c' } });
  });

  it('names what the code does at the place, not the same command further on', async () => {
    const error: unknown = await run(
      async ({ actions, setState }) => [await actions.a({}), setState('x'), await actions.b({})],
      twoSteps,
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ difference: { seq: 3, recorded: 'action b', actual: 'state x' } });
  });

  it('allows more log lines and a longer timeout', async () => {
    const { commands } = await run(async ({ actions, logger }) => {
      logger.info('new line');
      await actions.a({});
      return actions.b({});
    }, twoSteps);
    expect(types(commands)).toEqual(['log', 'complete']);
  });
});

describe('foreign code in a workflow', () => {
  it('is reported when nothing known could continue it', async () => {
    const waiting: WorkflowFunction = () => new Promise(() => undefined);
    await expect(run(waiting, log())).rejects.toMatchObject({ name: 'ForeignAwaitError' });
  });

  it.each([
    ['setTimeout', () => setTimeout(() => undefined, 1)],
    ['setInterval', () => setInterval(() => undefined, 1)],
    ['fetch', () => fetch('http://localhost')],
  ])('gets an error that names the right call for %s', async (name, call) => {
    const { commands } = await run(async () => {
      await Promise.resolve();
      void call();
    }, log());
    expect(commands[0]).toMatchObject({ type: 'fail', error: { code: 'forbidden_in_workflow' } });
    expect(JSON.stringify(commands[0])).toContain(name);
  });

  it('leaves the world outside as it is', () => {
    expect(Math.abs(Date.now() - new Date().getTime())).toBeLessThan(1000);
    expect(new Date(5).getTime()).toBe(5);
    const timer = setTimeout(() => undefined, 0);
    clearTimeout(timer);
    expect(new Date() instanceof Date).toBe(true);
  });

  describe('match', () => {
    const viaBus = (name: string, payload: object): ['event_received', EntryBody<'event_received'>] => [
      'event_received',
      { ...received(name, payload)[1], viaBus: true },
    ];
    const payments = (...matches: (Match | undefined)[]) => {
      const seen: unknown[] = [];
      const workflow: WorkflowFunction = async ({ events }) => {
        for (const match of matches) seen.push((await events.waitFor('Paid', { match })).payload);
      };
      return { seen, workflow };
    };

    it('passes over events that hold something else; they stay for others', async () => {
      const { seen, workflow } = payments({ id: 'b' }, undefined);
      await run(workflow, log(received('Paid', { id: 'a' }), received('Paid', { id: 'b' })));
      expect(seen).toEqual([{ id: 'b' }, { id: 'a' }]);
    });

    it('is needed to receive an event of the bus', async () => {
      const plain = payments(undefined);
      await run(plain.workflow, log(viaBus('Paid', { id: 'a' })));
      expect(plain.seen).toEqual([]);
      const asking = payments({ id: 'a' });
      await run(asking.workflow, log(viaBus('Paid', { id: 'a' })));
      expect(asking.seen).toEqual([{ id: 'a' }]);
    });

    it('is recorded, and compared with what the code asks for now', async () => {
      const wait = { commandId: 'waitFor#1', n: 1, names: ['Paid'], deadline: null, taskId: null, satisfiedBy: null };
      const recorded: ['wait_started', EntryBody<'wait_started'>] = ['wait_started', { ...wait, match: { id: 'a' } }];
      const { commands } = await run(payments({ id: 'a' }).workflow, log());
      expect(commands).toMatchObject([{ type: 'wait', match: { id: 'a' } }]);
      expect((await run(payments({ id: 'a' }).workflow, log(recorded))).commands).toEqual([]);
      for (const other of [{ id: 'b' }, { id: 'a', ok: true }, undefined] as (Match | undefined)[]) {
        await expect(run(payments(other).workflow, log(recorded))).rejects.toThrow('where id is "a"');
      }
      await expect(run(payments({ id: 'a' }).workflow, log(['wait_started', wait]))).rejects.toThrow(
        NondeterminismError,
      );
    });

    it('that asks for nothing is refused', async () => {
      const { commands } = await run(payments({}).workflow, log());
      expect(commands).toMatchObject([{ type: 'fail', error: { code: 'invalid_input' } }]);
    });
  });
});
