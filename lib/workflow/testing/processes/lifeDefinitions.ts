/** Workflows for attacks on what people decide, on children and continuations, and on actions that run elsewhere. */
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';

/** Two runs before its last one, each with an effect of its own. */
async function lifeChild({ actions, continueAsNew, data }: WorkflowContext): Promise<unknown> {
  const round = data.get<number>('round');
  await actions.book?.({ what: `round ${round}` });
  if (round < 3) return continueAsNew({ round: round + 1 });
  return round;
}

async function lifeParent({ actions, all, children }: WorkflowContext): Promise<unknown> {
  await actions.book?.({ what: 'begun' });
  const start = () => children.run<number>('lifeChild', { data: { round: 1 } });
  const rounds = await all([start, start, start]);
  await actions.book?.({ what: 'ended' });
  return rounds;
}

async function lifeWaits({ actions, events }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'begun' });
  try {
    await events.waitFor('Go');
    await actions.book?.({ what: 'went' });
    return 'done';
  } catch (error) {
    await actions.book?.({ what: 'undone' });
    throw error;
  }
}

async function lifeFails({ actions }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'begun' });
  await actions.failOnce?.({ what: 'charge' });
  await actions.book?.({ what: 'charged' });
  return 'done';
}

async function lifeJobs({ actions, all }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'begun' });
  await all([() => actions.elsewhere?.({ what: 'one' }), () => actions.elsewhere?.({ what: 'two' })]);
  await actions.book?.({ what: 'ended' });
  return 'done';
}

async function lifeOnce({ actions }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'begun' });
  await actions.onceOnly?.({ what: 'paid out' });
  await actions.book?.({ what: 'ended' });
  return 'done';
}

export const lifeDefinitions = { lifeChild, lifeParent, lifeWaits, lifeFails, lifeJobs, lifeOnce };

export const lifeWorkflows: readonly WorkflowDefinition[] = Object.entries(lifeDefinitions).map(([name, run]) => ({
  name,
  version: '1',
  run,
}));
