/** What a test needs of an engine, so that one scenario runs on the engine in memory and on the real servers alike. */
import type { RecordedError } from '../../model/errors';
import type { WorkflowEvent } from '../../model/events';
import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { ExecutionStatus } from '../../model/status';
import type { ActionCallRecord, TaskAnswer, TestedTask } from './scenario';

/** How things stand when nothing goes on without time or somebody's doing. */
export interface Standstill {
  readonly status: ExecutionStatus;
  readonly error: RecordedError | null;
  /** Names that open waits ask for. */
  readonly awaited: readonly string[];
  /** All tasks, in order of their creation. */
  readonly tasks: readonly (TestedTask & { readonly createdAtMs: number })[];
  /** The next timer, or null. */
  readonly nextTimerMs: number | null;
}

export interface Ended extends Standstill {
  readonly state: string | null;
  readonly result: JsonValue;
  readonly history: readonly HistoryEntry[];
  readonly actionCalls: readonly ActionCallRecord[];
}

export interface Stack {
  readonly executionId: string;
  nowMs(): number;
  /** Lets everything run that can. */
  settle(): Promise<Standstill>;
  /** Moves the clock; nothing happens before `settle`. */
  advanceTo(atMs: number): void;
  send(event: WorkflowEvent<JsonValue>, to: 'execution' | 'bus'): Promise<void>;
  /** @throws ValidationFailedError, TaskForbiddenError as the product does. */
  answer(taskId: string, answer: TaskAnswer): Promise<void>;
  read(): Promise<Ended>;
  close(): Promise<void>;
}
