/** Workflows that a simulation runs. What is random about an execution is in its initial data. */
import type { TaskEnd, WorkflowEvent } from '../../model/events';
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';
import { apprentice, counter, deadline, family, helper, household, mended, relay, scopes } from './lifeWorkflows';
import { randomProgramWorkflow } from '../random/interpretProgram';

interface Did {
  readonly what: string;
}
export interface PipelineStep {
  readonly action: 'charge' | 'book' | 'flaky';
  readonly what: string;
}

async function pipeline({ actions, data, setState, logger }: WorkflowContext): Promise<string[]> {
  const done: string[] = [];
  for (const { action, what } of data.get<PipelineStep[]>('steps')) {
    setState(`at ${what}`);
    done.push(((await actions[action]?.({ what })) as Did).what);
    data.set('done', done);
    logger.info(`Did ${what}`);
  }
  return done;
}

async function approval({ actions, events, setState }: WorkflowContext): Promise<string> {
  setState('draft');
  await events.waitFor('Submit');
  await actions.charge?.({ what: 'fee' });
  setState('submitted');
  const decision = await events.waitFor(['Approve', 'Reject']);
  setState(decision.name);
  await actions.book?.({ what: decision.name });
  return decision.name;
}

async function timeoutRace({ actions, data, events }: WorkflowContext): Promise<string> {
  const event = await events.waitFor('Go', { timeout: data.get<number>('timeoutMs') });
  const what = event === null ? 'late' : 'go';
  await actions.book?.({ what });
  return what;
}

async function parallel({ actions }: WorkflowContext): Promise<string[]> {
  const results = await Promise.all([
    actions.charge?.({ what: 'a' }),
    actions.book?.({ what: 'b' }),
    actions.flaky?.({ what: 'c' }),
    actions.refuse?.({ what: 'd' }).catch((error: Error) => ({ what: error.message })),
    ...['e', 'f', 'g'].map((what) => actions.book?.({ what })),
  ]);
  await actions.book?.({ what: 'sum' });
  return results.map((result) => (result as Did).what);
}

async function sleeper({ actions, data, sleep, sleepUntil }: WorkflowContext): Promise<number> {
  const beganMs = Date.now();
  const [first, second] = data.get<[number, number]>('sleepsMs');
  await sleep(first);
  await actions.charge?.({ what: `after ${first}` });
  const middleMs = Date.now();
  await sleepUntil(new Date(middleMs + second));
  if (middleMs - beganMs < first || Date.now() - middleMs < second) throw new Error('A timer fired early.');
  await actions.book?.({ what: 'slept' });
  return first + second;
}

async function review({ actions, data, events, setState }: WorkflowContext): Promise<string> {
  setState('review');
  const asked = await actions.createHumanTask({ taskType: 'review', expiresIn: data.get<number>('expiresInMs') });
  const late = data.get<number>('workBeforeWait');
  for (let i = 0; i < late; i += 1) await actions.charge?.({ what: `${i} for ${asked.taskId}` });
  const end = await events.waitFor<TaskEnd>(asked.completionEvent);
  let outcome = end.payload.outcome;
  if (end.payload.status === 'expired') {
    setState('escalated');
    const again = await actions.createHumanTask({ taskType: 'escalated' });
    outcome = (await events.waitFor<TaskEnd>(again.completionEvent)).payload.outcome;
  }
  await actions.book?.({ what: String(outcome) });
  return `${end.payload.status} ${outcome}`;
}

/** The wait has the timeout, and a timeout of the wait is the end of the task. */
async function impatientReview({ actions, data, events }: WorkflowContext): Promise<string> {
  const { taskId } = await actions.createHumanTask({ taskType: 'review' });
  const timeout = data.get<number>('timeoutMs');
  const end = await events.waitFor<TaskEnd>(`REVIEW_RESOLVED_${taskId}`, { timeout });
  const what = end === null ? 'nobody' : String(end.payload.outcome);
  await actions.book?.({ what });
  return what;
}

export interface WatchedTask {
  readonly remindersMs: readonly number[];
  readonly escalationsMs: readonly number[];
  readonly expiresInMs: number | null;
  readonly onExpiry: 'expire' | 'escalate' | 'approve';
}

/** Its people are reminded, more of them get it, and in the end nobody decides, or an answer stands that nobody gave. */
async function watched({ actions, data, events }: WorkflowContext): Promise<string> {
  const { remindersMs, escalationsMs, expiresInMs, onExpiry } = data.get<WatchedTask>('task');
  const chain = escalationsMs.map((after, index) => ({ after, roles: [`director ${index + 1}`] }));
  const last = expiresInMs !== null && onExpiry === 'escalate' ? [{ roles: ['board'] }] : [];
  const { completionEvent } = await actions.createHumanTask({
    taskType: 'review',
    reminders: remindersMs,
    ...(chain.length + last.length > 0 ? { escalateTo: [...chain, ...last] } : {}),
    ...(expiresInMs === null ? {} : { expiresIn: expiresInMs }),
    ...(expiresInMs === null ? {} : { onExpiry: onExpiry === 'approve' ? { outcome: 'approve' } : onExpiry }),
  });
  await actions.charge?.({ what: 'watch' });
  const { status, outcome } = (await events.waitFor<TaskEnd>(completionEvent)).payload;
  await actions.book?.({ what: `${status} ${outcome}` });
  return `${status} ${outcome}`;
}

async function items({ actions, data, events }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  const total = data.get<number>('total');
  while (seen.length < total) {
    const item = await events.waitFor<{ n: string }>('Item');
    seen.push(item.payload.n);
    if (seen.length % 2 === 0) await actions.book?.({ what: item.payload.n });
  }
  return seen;
}

/** Payments are announced to everybody: each takes its own, also those from before it waits. */
async function payment({ actions, data, events }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  await actions.charge?.({ what: 'invoice' });
  for (let round = 0; round < data.get<number>('rounds'); round += 1) {
    const paid = await events.waitFor<{ n: string }>('Paid', { match: { 'invoice.id': data.get<number>('id') } });
    seen.push(paid.payload.n);
  }
  await actions.book?.({ what: seen.join(' ') });
  return seen;
}

const nameOf = (event: WorkflowEvent<{ n: string }> | void | null): string => event?.payload.n ?? 'slept';

/** A wait that lost its race must not eat the next event. */
async function races({ data, events, sleep }: WorkflowContext): Promise<string[]> {
  const results: string[] = [];
  for (const sleepMs of data.get<number[]>('sleepsMs')) {
    results.push(nameOf(await Promise.race([events.waitFor<{ n: string }>('A'), sleep(sleepMs)])));
  }
  const last = await events.waitFor<{ n: string }>('A');
  return [...results, last.payload.n];
}

async function abandoned({ actions }: WorkflowContext): Promise<string> {
  await actions.createHumanTask({ taskType: 'review', expiresIn: '1 day' });
  await actions.charge?.({ what: 'x' });
  return 'left';
}

async function failing({ actions }: WorkflowContext): Promise<string> {
  await actions.charge?.({ what: 'before' });
  await actions.refuse?.({ what: 'business' });
  return 'unreachable';
}

/** Nobody awaits these actions, and yet the end comes after their outcomes. */
async function forgetful({ actions }: WorkflowContext): Promise<string> {
  void actions.charge?.({ what: 'unawaited' });
  void actions.book?.({ what: 'unawaited' });
  void actions.refuse?.({ what: 'unawaited' });
  return 'done';
}

/** Signals itself in about the instant in which it begins to wait. */
async function instant({ actions, data, events }: WorkflowContext): Promise<number> {
  const rounds = data.get<number>('rounds');
  for (let round = 1; round <= rounds; round += 1) {
    await Promise.all([actions.poke?.({ what: `Poke ${round}` }), events.waitFor(`Poke ${round}`)]);
  }
  return rounds;
}

/** A deploy changed its code, and guards the new way. */
async function changed({ actions, patched, scope }: WorkflowContext): Promise<string> {
  await actions.charge?.({ what: 'before' });
  const isNew = patched('new way');
  if (isNew) await scope('new', () => actions.book?.({ what: 'new' }));
  else await actions.book?.({ what: 'old' });
  await actions.charge?.({ what: 'after' });
  return isNew ? 'new' : 'old';
}

/** `changed` as it was before that deploy. */
async function unchanged({ actions }: WorkflowContext): Promise<string> {
  await actions.charge?.({ what: 'before' });
  await actions.book?.({ what: 'old' });
  await actions.charge?.({ what: 'after' });
  return 'old';
}

/** Ends its process in the midst of an action, each time. */
async function poison({ actions, data }: WorkflowContext): Promise<void> {
  await actions.charge?.({ what: 'before' });
  await actions.kill?.({ afterMs: data.get<number>('afterMs') });
}

async function patient({ actions, data }: WorkflowContext): Promise<number> {
  const afterMs = data.get<number>('afterMs');
  await actions.linger?.({ afterMs });
  return afterMs;
}

async function foreign({ actions }: WorkflowContext): Promise<void> {
  await actions.charge?.({ what: 'before' });
  await new Promise(() => undefined);
}

const runs = {
  pipeline,
  approval,
  timeoutRace,
  parallel,
  sleeper,
  review,
  impatientReview,
  watched,
  items,
  payment,
  races,
  abandoned,
  failing,
  forgetful,
  foreign,
  poison,
  patient,
  changed,
  instant,
  family,
  apprentice,
  relay,
  counter,
  deadline,
  scopes,
  mended,
  household,
  helper,
  program: randomProgramWorkflow,
};
export type SimulatedWorkflow = keyof typeof runs;

export const simulatedWorkflows: ReadonlyMap<string, WorkflowDefinition> = new Map(
  Object.entries(runs).map(([name, run]) => [name, { name, version: '1', run }]),
);

/** Code that processes have from before the deploy, where deploys are halfway. */
export const formerWorkflows: ReadonlyMap<string, WorkflowDefinition> = new Map([
  ['changed', { name: 'changed', version: '1', run: unchanged }],
]);
