import type { HintPublisher } from '../model/ports/hints';
import type { LivePublisher } from '../model/ports/live';
import type { TaskStatus } from '../model/status';
import type { Metrics } from '../model/ports/telemetry';
import type { ChangedTask, PeopleDirectory, TaskActor, TaskStore } from '../model/ports/taskStore';

/** What the use-cases of people's work on tasks share. */
export interface TaskDeps {
  readonly tasks: TaskStore;
  readonly hints: HintPublisher;
  readonly live: LivePublisher;
  readonly metrics: Metrics;
}

/** Besides, what is needed where a task goes to somebody. */
export interface HandoverDeps extends TaskDeps {
  readonly people: PeopleDirectory;
}

/** Who acts on which task. `expectedVersion`: what the person saw; the change is refused if it is another by now. */
export interface TaskRequest extends TaskActor {
  readonly taskId: string;
  readonly expectedVersion?: number | undefined;
}

/** How a task stands after the change. */
export interface TaskResult {
  readonly taskId: string;
  readonly executionId: string;
  readonly status: TaskStatus;
  readonly version: number;
}

/** The answer to a change that left the task in this status. */
export function resultOf(request: TaskRequest, changed: ChangedTask, status: TaskStatus): TaskResult {
  return { taskId: request.taskId, executionId: changed.executionId, status, version: changed.version };
}

/** Tells open pages that a task changed. */
export function announceTask(deps: TaskDeps, request: TaskRequest): Promise<void> {
  return deps.live.publish({ changes: [{ tenant: request.tenant, topic: 'task', id: request.taskId }] });
}
