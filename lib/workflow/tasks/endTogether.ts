/** Tasks that are one to people end together: one answer, and every execution that waits for it goes on. */
import { sameJson } from '../../forms/json';
import type { JsonObject, JsonValue } from '../model/json';
import type { ChangedTask, EndedAlong, EndedTasks, TaskSnapshot } from '../model/ports/taskStore';
import type { TaskStatus } from '../model/status';
import { instruments } from '../telemetry/names';
import { changedMeanwhile, guarded, readTask } from './checks';
import type { TaskDeps, TaskRequest, TaskResult } from './deps';

/** So many times it is looked for tasks that came, or were held by somebody, meanwhile; 500 each. */
const maxRounds = 20;

export interface TaskEnd {
  readonly status: Extract<TaskStatus, 'completed' | 'declined'>;
  /** The chosen button. */
  readonly outcome: string | null;
  /** @throws whatever keeps this person from ending the task. */
  readonly check: (task: TaskSnapshot) => void;
  /** What a task is ended with; undefined where the answer does not fit its context: it stays open. */
  readonly outputOf: (task: Pick<TaskSnapshot, 'contextData' | 'form'>) => JsonValue | undefined;
  readonly end: (
    change: ReturnType<typeof guarded> & { readonly output: JsonValue; readonly along: readonly EndedAlong[] },
  ) => Promise<EndedTasks | null>;
}

export interface EndedResult extends TaskResult {
  /** The others that ended with it. */
  readonly also: readonly string[];
}

/**
 * A task, and all that have its fingerprint and that nobody else holds. Whatever is not ended stays open. What was sent
 * before by the same person is answered as it was then, and nothing happens again.
 */
export async function endTogether(
  deps: TaskDeps,
  request: TaskRequest,
  ending: TaskEnd & { readonly outputOrThrow: (task: TaskSnapshot) => JsonValue },
): Promise<EndedResult> {
  const { status, check } = ending;
  const task = await readTask(deps, request);
  if (isRepeated(task, request, ending)) return repeatedResult(task, status);
  check(task);
  // Form version and context never change after the creation of a task: what is checked here is what is committed.
  const output = ending.outputOrThrow(task);
  return endFirst(deps, request, { ...ending, task, output });
}

async function endFirst(
  deps: TaskDeps,
  request: TaskRequest,
  ending: TaskEnd & { readonly task: TaskSnapshot; readonly output: JsonValue },
): Promise<EndedResult> {
  const { task, output, status, check, end } = ending;
  const group = new Alike(deps, request, ending);
  const ended = await end({ ...guarded(request), output, along: await group.next() });
  if (!ended) {
    const now = await readTask(deps, request);
    if (isRepeated(now, request, ending)) return repeatedResult(now, status);
    check(now);
    throw changedMeanwhile(now, request);
  }
  await announceEnds(deps, request, status, [{ ...ended, taskId: task.taskId }, ...ended.along]);
  const also = [...idsOf(ended.along), ...(await endRest(deps, request, ending, group))];
  return { taskId: task.taskId, executionId: ended.executionId, status, version: ended.version, also };
}

/** The same end by the same person: a request that was sent twice. */
function isRepeated(task: TaskSnapshot, { userId }: TaskRequest, { status, outcome, outputOf }: TaskEnd): boolean {
  if (task.status !== status || task.endedBy !== userId || task.outcome !== outcome) return false;
  const output = outputOf(task);
  return output !== undefined && sameJson(task.output, output);
}

const repeatedResult = ({ taskId, executionId, version }: TaskSnapshot, status: TaskEnd['status']): EndedResult => ({
  taskId,
  executionId,
  status,
  version,
  also: [],
});

/** Those that somebody was just at, or that were created meanwhile. */
async function endRest(
  deps: TaskDeps,
  request: TaskRequest,
  ending: TaskEnd,
  group: Alike,
): Promise<readonly string[]> {
  const also: string[] = [];
  for (let round = 1; round < maxRounds; round += 1) {
    const [first, ...along] = await group.next();
    if (!first) break;
    const { tenant, userId, roles } = request;
    const ended = await ending.end({ tenant, userId, roles, ...first, along });
    // Somebody took it in this moment: it is theirs.
    if (!ended) group.leave(first.taskId);
    else {
      const all = [{ ...ended, taskId: first.taskId }, ...ended.along];
      await announceEnds(deps, request, ending.status, all);
      also.push(...idsOf(all));
    }
  }
  return also;
}

const idsOf = (tasks: readonly { readonly taskId: string }[]) => tasks.map(({ taskId }) => taskId);

/** What is left of the tasks that are one with the task of the request. */
class Alike {
  readonly #left = new Set<string>();

  constructor(
    readonly deps: TaskDeps,
    readonly request: TaskRequest,
    readonly ending: TaskEnd & { readonly task: TaskSnapshot },
  ) {}

  /** Stays as it is. */
  leave(taskId: string): void {
    this.#left.add(taskId);
  }

  async next(): Promise<readonly EndedAlong[]> {
    const { tenant, taskId, userId } = this.request;
    const { task, outputOf } = this.ending;
    if (task.fingerprint === null) return [];
    const found = await this.deps.tasks.alike({ tenant, taskId, userId, except: [...this.#left] });
    return found.flatMap((each: { readonly taskId: string; readonly contextData: JsonObject }) => {
      // Whatever has the same fingerprint has the same version of the form.
      const output = outputOf({ contextData: each.contextData, form: task.form });
      if (output !== undefined) return [{ taskId: each.taskId, output }];
      this.leave(each.taskId);
      return [];
    });
  }
}

async function announceEnds(
  { hints, live, metrics }: TaskDeps,
  { tenant }: TaskRequest,
  status: TaskEnd['status'],
  ended: readonly (Omit<ChangedTask, 'version'> & { readonly taskId: string })[],
): Promise<void> {
  metrics.count({ counter: instruments.tasksEnded, by: ended.length, labels: { status } });
  await Promise.all([
    hints.publish({ hints: ended.map(({ partitionId, executionId }) => ({ partitionId, executionId })) }),
    live.publish({ changes: ended.map(({ taskId: id }) => ({ tenant, topic: 'task' as const, id })) }),
  ]);
}
