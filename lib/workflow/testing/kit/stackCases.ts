/** What `testWorkflow` shows of a scenario, case by case: on tables in memory and on real servers it must be the same. */
import { TransactionIsolationLevel } from '../../core/actions/types';
import type { WorkflowContext, WorkflowFunction } from '../../model/workflow';
import type { Scenario, TestedExecution, TestedRun } from './scenario';

interface StackCase {
  readonly title: string;
  readonly workflow: WorkflowFunction;
  readonly scenario: Scenario & { readonly name: string };
  /** What is seen in the end, or the code of the error that the test gets. */
  readonly shows: object | { readonly rejects: string };
}

/** All that a test may rely on: neither ids nor times. */
export function seenOf({ runs, tasks, waits, ...last }: TestedExecution): object {
  const seen = {
    ...seenOfRun(last),
    runs: runs.map(seenOfRun),
    tasks: tasks.map(({ taskType, nth, status, outcome, priority }) => ({ taskType, nth, status, outcome, priority })),
    waits: waits.map(({ kind, names }) => ({ kind, names })),
  };
  return JSON.parse(JSON.stringify(seen).replace(anyId, 'an id').replace(anyPartition, '"partitionId":0')) as object;
}

const anyId = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const anyPartition = /"partitionId":\d+/g;

function seenOfRun({ status, state, result, error, data, actionCalls }: TestedRun): object {
  const calls = [...actionCalls].sort((a, b) => (a.commandId < b.commandId ? -1 : 1));
  return { status, state, result, error, data, actionCalls: calls };
}

async function approval({ actions, data, events, setState }: WorkflowContext): Promise<unknown> {
  setState('draft');
  const decision = await events.waitFor<string>(['Approve', 'Reject'], { timeout: '3 days' });
  if (decision === null) return 'nobody';
  data.set('decision', decision.name);
  await actions.send({ to: 'mia', text: decision.payload });
  setState('sent');
  return decision.payload;
}

async function patient({ sleep, events }: WorkflowContext): Promise<unknown> {
  const began = Date.now();
  await sleep('30 days');
  const event = await events.waitFor('Never', { timeout: '2 weeks' });
  return { event, days: Math.floor((Date.now() - began) / 86_400_000) };
}

/** Reads a word in each run, and ends with the third. */
async function reading({ actions, continueAsNew, data, events }: WorkflowContext): Promise<unknown> {
  const words = data.get<string[]>('words') ?? [];
  const { payload } = await events.waitFor<string>('Word');
  await actions.note({ word: payload });
  if (words.length === 2) return [...words, payload];
  return continueAsNew({ words: [...words, payload] });
}
const note = () => 'noted';
const noted = (word: string) => ({
  commandId: 'note#1',
  name: 'note',
  params: { word },
  attempts: 1,
  result: 'noted',
  error: null,
});

async function endless({ continueAsNew, data, sleep }: WorkflowContext): Promise<unknown> {
  await sleep('1 day');
  return continueAsNew({ day: (data.get<number>('day') ?? 0) + 1 });
}

async function Spinning({ continueAsNew }: WorkflowContext): Promise<unknown> {
  return continueAsNew({});
}

async function Listening({ events }: WorkflowContext): Promise<unknown> {
  await events.emit('Hi', { n: 1 }, { to: 'parent' });
  return (await events.waitFor<{ k: number }>('Go')).payload.k;
}

async function Matching({ events }: WorkflowContext): Promise<unknown> {
  return (await events.waitFor<{ k: number }>('Go', { match: { k: 1 } })).payload;
}

const form = {
  name: 'review-form',
  jsonSchema: { type: 'object', properties: { comment: { type: 'string' } }, 'x-outcomes': [{ value: 'approve' }] },
  uiSchema: {},
} as const;

export const stackCases: readonly StackCase[] = [
  {
    title: 'an event, an action, data and state',
    workflow: approval,
    scenario: { name: 'Approval', events: [{ name: 'Reject', payload: 'no' }], actions: { send: () => ({ id: 7 }) } },
    shows: {
      status: 'completed',
      state: 'sent',
      result: 'no',
      error: null,
      data: { decision: 'Reject' },
      actionCalls: [{ name: 'send', params: { to: 'mia', text: 'no' }, attempts: 1, result: { id: 7 }, error: null }],
      runs: [{ status: 'completed', result: 'no' }],
      waits: [],
    },
  },
  {
    title: 'a wait that nobody ends before the test does',
    workflow: approval,
    scenario: { name: 'Open', until: '1 day' },
    shows: {
      status: 'waiting',
      state: 'draft',
      result: null,
      waits: [{ kind: 'event', names: ['Approve', 'Reject'] }],
    },
  },
  {
    title: 'sleeps and timeouts',
    workflow: patient,
    scenario: { name: 'Patient' },
    shows: { status: 'completed', result: { event: null, days: 44 } },
  },
  {
    title: 'the error of an action that was tried often enough, and of the workflow',
    workflow: async ({ actions }) => actions.book({}) as Promise<unknown>,
    scenario: {
      name: 'Failing',
      register: (to) =>
        to.registerSimpleAction('book', 'Books.', [], () => null, { retry: { attempts: 2, backoffMs: 1 } }),
      actions: {
        book: () => {
          throw new RangeError('full');
        },
      },
    },
    shows: {
      status: 'failed',
      error: { name: 'RangeError', message: 'full' },
      actionCalls: [{ commandId: 'book#1', attempts: 2, error: { name: 'RangeError', message: 'full' } }],
    },
  },
  {
    title: 'a task that is answered, and one whose time ends',
    workflow: async ({ tasks }) => {
      const [first, second] = [
        await tasks.ask('review', { timeout: '2 days' }),
        await tasks.ask('review', { timeout: '2 days' }),
      ];
      return [first.outcome, first.by, second.status];
    },
    scenario: {
      name: 'Asking',
      forms: [form],
      taskDefinitions: [
        {
          taskType: 'review',
          name: 'Review',
          formName: 'review-form',
          defaultRoles: ['manager'],
          defaultPriority: 'high',
        },
      ],
      tasks: { review: ({ nth }) => (nth === 1 ? { outcome: 'approve', by: 'mia', after: '2 hours' } : null) },
    },
    shows: {
      status: 'completed',
      result: ['approve', 'mia', 'expired'],
      tasks: [
        { taskType: 'review', nth: 1, status: 'completed', outcome: 'approve', priority: 'high' },
        { taskType: 'review', nth: 2, status: 'expired', outcome: null, priority: 'high' },
      ],
    },
  },
  {
    title: 'events between a parent and its child',
    workflow: async ({ children, events }) => {
      const child = children.start('Listening');
      const { payload } = await events.waitFor<{ n: number }>('Hi');
      await events.emit('Go', { k: 2 }, { to: { executionId: child.executionId } });
      return [payload.n, (await child.result()) as unknown];
    },
    scenario: { name: 'Talking', workflows: [Listening] },
    shows: { status: 'completed', result: [1, 2] },
  },
  {
    title: 'events of the bus for waits that match',
    workflow: async ({ children, events, sleep }) => {
      const child = children.start('Matching');
      await sleep('1 h');
      for (const k of [0, 1]) await events.emit('Go', { k });
      return child.result() as Promise<unknown>;
    },
    scenario: { name: 'Telling', workflows: [Matching] },
    shows: { status: 'completed', result: { k: 1 } },
  },
  {
    title: 'actions in one transaction',
    workflow: async ({ executeActions }) => {
      const results = await executeActions([{ actionName: 'book' }, { actionName: 'pay' }], { transaction: true });
      return results.map(({ success, result }) => [success, result as unknown]);
    },
    scenario: {
      name: 'Together',
      actions: { book: () => 'booked', pay: () => 'paid' },
      register: (to) => {
        for (const name of ['book', 'pay']) {
          to.registerDatabaseAction(name, 'Works.', [], TransactionIsolationLevel.READ_COMMITTED, async () => null);
        }
      },
    },
    shows: {
      status: 'completed',
      result: [
        [true, 'booked'],
        [true, 'paid'],
      ],
    },
  },
  {
    title: 'the last run of those that continue as new, and all of them',
    workflow: reading,
    scenario: {
      name: 'Reading',
      events: ['a', 'b', 'c'].map((payload) => ({ name: 'Word', payload })),
      actions: { note },
    },
    shows: {
      status: 'completed',
      result: ['a', 'b', 'c'],
      data: { words: ['a', 'b'] },
      actionCalls: [noted('c')],
      runs: [
        { status: 'continued_as_new', data: {}, actionCalls: [noted('a')] },
        { status: 'continued_as_new', data: { words: ['a'] }, actionCalls: [noted('b')] },
        { status: 'completed', data: { words: ['a', 'b'] }, actionCalls: [noted('c')], result: ['a', 'b', 'c'] },
      ],
    },
  },
  {
    title: 'a run that waits, after those before it continued as new',
    workflow: reading,
    scenario: { name: 'ReadingOn', events: [{ name: 'Word', payload: 'a', after: '1 h' }], actions: { note } },
    shows: {
      status: 'waiting',
      data: { words: ['a'] },
      runs: [{ status: 'continued_as_new' }, { status: 'waiting' }],
      waits: [{ kind: 'event', names: ['Word'] }],
    },
  },
  {
    title: 'runs that go on for ever, where the test says until when',
    workflow: endless,
    scenario: { name: 'EndlessUntil', until: '60 hours' },
    shows: { status: 'waiting', data: { day: 2 }, runs: [{}, {}, { status: 'waiting' }] },
  },
  {
    title: 'that runs go on for ever: as an error',
    workflow: endless,
    scenario: { name: 'Endless', mostRuns: 4 },
    shows: { rejects: 'endless_runs' },
  },
  {
    title: 'that runs of a child go on for ever without a wait: as an error',
    workflow: async ({ children }) => children.run<unknown>('Spinning'),
    scenario: { name: 'SpinningParent', workflows: [Spinning], mostRuns: 4 },
    shows: { rejects: 'endless_runs' },
  },
];
