/** The one workflow that runs every program: ordinary author code over the public context. */
import type { JsonValue } from '../../model/json';
import type { TaskEnd } from '../../model/events';
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';
import {
  asData,
  eventName,
  inBranch,
  inRound,
  labelOf,
  markOf,
  matchKey,
  outermost,
  type Place,
  type Program,
  type Step,
} from './program';

interface Did {
  readonly what: string;
}

export async function randomProgramWorkflow(context: WorkflowContext): Promise<JsonValue> {
  return runSteps(context, context.data.get<Program>('program'), outermost);
}

export const randomProgramDefinition: WorkflowDefinition = {
  name: 'program',
  version: '1',
  run: randomProgramWorkflow,
};

async function runSteps(context: WorkflowContext, steps: Program, place: Place): Promise<JsonValue[]> {
  const seen: JsonValue[] = [];
  for (const step of steps) seen.push(await runStep(context, step, place));
  return seen;
}

async function runStep(context: WorkflowContext, step: Step, place: Place): Promise<JsonValue> {
  const { actions, data, events, logger } = context;
  const label = labelOf(step.id, place);
  switch (step.do) {
    case 'state':
      context.setState(label);
      return label;
    case 'data': {
      data.set(step.id, { label });
      data.get<{ label: string }>(step.id).label = 'changed without being set';
      return data.get<{ label: string }>(step.id).label;
    }
    case 'act':
      try {
        return ((await actions[step.action]?.({ what: label })) as Did).what;
      } catch (error) {
        return (error as Error).message;
      }
    case 'wait': {
      const names = step.names.map((name) => eventName(name, place));
      logger.info(markOf(label));
      const event =
        step.timeoutMs === null
          ? await events.waitFor<{ n: string }>(names)
          : await events.waitFor<{ n: string }>(names, { timeout: step.timeoutMs });
      return event === null ? ['late', ...(await runSteps(context, step.late, place))] : event.payload.n;
    }
    case 'sleep':
      await context.sleep(step.ms);
      return 'slept';
    case 'task':
      return runTask(context, step, label);
    case 'race': {
      logger.info(markOf(label));
      const event = events.waitFor<{ n: string }>(step.names.map((name) => eventName(name, place)));
      const winner = await Promise.race([event, ...step.sleepsMs.map((ms) => context.sleep(ms))]);
      return winner ? winner.payload.n : 'slept';
    }
    case 'loop': {
      const rounds: JsonValue[] = [];
      for (let i = 1; i <= step.times; i += 1) rounds.push(await runSteps(context, step.body, inRound(place, i)));
      return rounds;
    }
    case 'parallel':
      return Promise.all(step.branches.map((branch) => runSteps(context, branch, inBranch(place))));
    case 'try':
      try {
        return ['done', ...(await runSteps(context, step.body, place))];
      } catch (error) {
        return `caught ${(error as Error).message}`;
      }
    case 'child':
      logger.info(markOf(label));
      try {
        const program = [...step.body];
        return await context.children.run<JsonValue>('program', {
          data: { program: asData(program), tag: 0 },
          parentClosePolicy: step.policy,
        });
      } catch (error) {
        const { name, status, message } = error as Error & { readonly status?: string };
        // A request to cancel comes out of any wait.
        if (name !== 'ChildFailedError') throw error;
        return status === 'failed' ? `failed ${message}` : (status ?? null);
      }
    case 'match': {
      logger.info(markOf(label));
      const match = { key: matchKey(data.get<number>('tag'), label) };
      const timeout = step.timeoutMs;
      const paid =
        timeout === null
          ? await events.waitFor<{ n: string }>('Paid', { match })
          : await events.waitFor<{ n: string }>('Paid', { match, timeout });
      return paid === null ? 'unpaid' : paid.payload.n;
    }
    case 'scope':
      return context.scope(step.id, () => runSteps(context, step.body, place));
    case 'duel':
      logger.info(markOf(label));
      return context.race([
        async () => {
          for (const [index, action] of step.actions.entries()) {
            await actions[action]?.({ what: `${label} ${index + 1}` });
          }
          return 'acted';
        },
        async () => {
          await context.sleep(step.sleepMs);
          return 'slept';
        },
      ]);
    case 'goOn':
      return context.continueAsNew({ program: asData(step.rest), tag: data.get<number>('tag') });
    case 'throw':
      throw new Error(`thrown by ${label}`);
  }
}

async function runTask(context: WorkflowContext, step: Step & { do: 'task' }, label: string): Promise<JsonValue> {
  const { actions, events, logger } = context;
  const { expiresInMs, timeoutMs, work } = step;
  const expiry = expiresInMs === null ? {} : { expiresIn: expiresInMs };
  const { completionEvent } = await actions.createHumanTask({ taskType: 'review', title: label, ...expiry });
  for (let i = 1; i <= work; i += 1) await actions.charge?.({ what: `${label} ${i}` });
  logger.info(markOf(label));
  const end =
    timeoutMs === null
      ? await events.waitFor<TaskEnd>(completionEvent)
      : await events.waitFor<TaskEnd>(completionEvent, { timeout: timeoutMs });
  return end === null ? 'nobody' : `${end.payload.status} ${end.payload.outcome ?? 'undecided'}`;
}
