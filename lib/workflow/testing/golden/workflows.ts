/**
 * Shapes of workflows whose histories are kept for ever. Never change one: add another under a new name, or the
 * histories of earlier releases could not be replayed and would prove nothing.
 */
import type { TaskEnd } from '../../model/events';
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';

async function pipeline({ actions, data, logger, setState }: WorkflowContext) {
  const done: unknown[] = [];
  for (const step of data.get<string[]>('steps')) {
    setState(`at ${step}`);
    done.push(await actions.work({ step }));
    data.set('done', done);
    logger.info(`Did ${step}`, { step });
  }
  return done;
}

async function approval({ actions, events, input, setState }: WorkflowContext) {
  setState('draft');
  const decision = await events.waitFor(['Approve', 'Reject'], { timeout: '3 days' });
  if (decision === null) return 'nobody';
  await actions.work({ decision: decision.name, by: decision.user_id, trigger: input.triggerEvent.name });
  setState(decision.name);
  return decision.payload as unknown;
}

async function parallel({ actions }: WorkflowContext) {
  const parts = ['a', 'b', 'c'].map((part) => actions.work({ part }));
  const failed = actions.fail({}).catch((error: Error & { code?: string }) => `${error.name} ${error.message}`);
  return Promise.all([...parts, failed]);
}

async function races({ events, sleep }: WorkflowContext) {
  const results: string[] = [];
  for (const hours of [1, 30]) {
    const first = await Promise.race([events.waitFor('A'), sleep(hours * 3_600_000)]);
    results.push(first ? first.name : 'slept');
  }
  return results;
}

async function sleeper({ sleep, sleepUntil }: WorkflowContext) {
  const began = Date.now();
  await sleep('30 days');
  await sleepUntil(new Date(began + 45 * 86_400_000));
  return { days: (Date.now() - began) / 86_400_000, luck: Math.random(), id: crypto.randomUUID() };
}

async function review({ actions, events, setState }: WorkflowContext) {
  const first = await actions.createHumanTask({ taskType: 'review', contextData: { amount: 5 }, expiresIn: '2 days' });
  const end = await events.waitFor<TaskEnd>(first.completionEvent);
  if (end.payload.status === 'completed') return end.payload.outcome;
  setState('escalated');
  const { taskId } = await actions.createHumanTask({ taskType: 'escalation' });
  const answer = await events.waitFor<TaskEnd>(`ESCALATION_RESOLVED_${taskId}`, { timeout: '5 days' });
  return answer === null ? 'nobody' : answer.payload.output;
}

async function failing({ actions, setState }: WorkflowContext) {
  setState('trying');
  await actions.fail({});
}

async function mailbox({ events, sleep }: WorkflowContext) {
  await sleep('1 day');
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i += 1) seen.push((await events.waitFor('Item')).payload);
  return seen;
}

async function parent({ children, sleep }: WorkflowContext) {
  const first = children.start<string>('golden.child', { data: { about: 'first' } });
  await sleep('1 hour');
  const second = await children.run<string>('golden.child', { data: { about: 'second' } });
  const failed = await children
    .run<string>('golden.child', { data: { about: 'nothing' } })
    .catch((error: Error & { code?: string }) => error.code);
  return [await first.result(), second, failed];
}

async function child({ data, sleep, parent: starter }: WorkflowContext) {
  await sleep('2 hours');
  if (data.get('about') === 'nothing') throw new Error('There is nothing to tell.');
  return `${data.get<string>('about')} of ${starter === null ? 'nobody' : 'a parent'}`;
}

async function matched({ events }: WorkflowContext) {
  const paid = await events.waitFor<{ invoiceId: string }>('Paid', { match: { invoiceId: 'b' }, timeout: '5 days' });
  return paid === null ? 'never' : paid.payload.invoiceId;
}

async function grouped({ executeActions }: WorkflowContext) {
  const done = await executeActions(
    [
      { id: 'a', actionName: 'work', parameters: { part: 'a' }, compensateWith: { actionName: 'undo' } },
      { id: 'b', actionName: 'work', parameters: { part: 'b' }, onError: 'continue' },
      { syncPoint: 'both', dependsOn: ['a', 'b'] },
      { id: 'c', actionName: 'fail', dependsOn: ['both'] },
    ],
    { onError: 'compensate' },
  );
  return done.map(({ id, success, compensated = false }) => [id, success, compensated]);
}

async function forever({ continueAsNew, data, events }: WorkflowContext) {
  const turn = data.get<number>('turn');
  await events.waitFor('Next');
  await continueAsNew({ turn: turn + 1 });
}

const shapes = {
  parent,
  child,
  matched,
  grouped,
  forever,
  pipeline,
  approval,
  parallel,
  races,
  sleeper,
  review,
  failing,
  mailbox,
};
export type GoldenShape = keyof typeof shapes;

export const goldenWorkflow = (shape: GoldenShape): WorkflowDefinition => {
  return { name: `golden.${shape}`, version: '1', run: shapes[shape] };
};
export const goldenShapes = Object.keys(shapes) as GoldenShape[];
