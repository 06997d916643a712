/** `context.tasks`: a task and the wait for its end in one call. */
import { InvalidInputError } from '../model/errors';
import { defaultCompletionEvent, type WorkflowEvent } from '../model/events';
import type { HumanTaskDefinition } from '../model/humanTasks';
import type { Match } from '../model/match';
import type { AskOptions, Decision, WorkflowTasks } from '../model/tasks';
import { encodeValue } from '../model/values';

export interface TaskCallHost {
  createTask(requestText: string): Promise<unknown>;
  waitFor(names: readonly string[], timeoutMs: number | null, match: Match | null): Promise<WorkflowEvent | null>;
}

export function tasksOf(host: TaskCallHost): WorkflowTasks {
  return {
    async ask(task: string | HumanTaskDefinition, options: AskOptions = {}) {
      const { timeout, onTimeout, distinctFrom, ...rest } = options;
      const taskType = typeof task === 'string' ? task : task.taskType;
      const request = checkedTask({
        ...rest,
        taskType,
        ...(timeout === undefined ? {} : { expiresIn: timeout }),
        ...(onTimeout === undefined ? {} : { onExpiry: onTimeout }),
        ...(distinctFrom === undefined ? {} : { distinctFrom: idsOf(distinctFrom) }),
      });
      const { taskId } = (await host.createTask(encodeValue(request, 'What tasks.ask is given'))) as { taskId: string };
      const ended = await host.waitFor([defaultCompletionEvent(taskId)], null, null);
      // What the engine says of the end of a task; the outcome is one of the form's, which were checked against it.
      return ended?.payload as Decision<never>;
    },
  };
}

/** What `createHumanTask` is given, with the title that the log keeps. */
export function checkedTask(request: unknown): unknown {
  const { taskType, title } = (request ?? {}) as { taskType?: unknown; title?: unknown };
  if (typeof taskType !== 'string' || taskType === '') {
    throw new InvalidInputError('createHumanTask needs a taskType: the name of a task definition.');
  }
  return { ...(request as object), title: typeof title === 'string' && title !== '' ? title : taskType };
}

function idsOf(people: NonNullable<AskOptions['distinctFrom']>): string[] {
  return people.flatMap((person) => (typeof person === 'string' ? [person] : (person.by ?? [])));
}
