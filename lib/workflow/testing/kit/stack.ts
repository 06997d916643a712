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

/** One run of a chain of runs that continued as new. */
export interface EndedRun {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
  readonly history: readonly HistoryEntry[];
  readonly actionCalls: readonly ActionCallRecord[];
}

export interface Ended {
  /** In their order: the last one is the one that the others led to. */
  readonly runs: readonly EndedRun[];
  /** All tasks, of children too. */
  readonly tasks: Standstill['tasks'];
}

/** Where an execution continued as new, all here is of the run that goes on. */
export interface Stack {
  nowMs(): number;
  /**
   * Lets everything run that can.
   * @throws EndlessRunsError
   */
  settle(): Promise<Standstill>;
  /** Moves the clock; nothing happens before `settle`. */
  advanceTo(atMs: number): void;
  send(event: WorkflowEvent<JsonValue>, to: 'execution' | 'bus'): Promise<void>;
  /** @throws ValidationFailedError, TaskForbiddenError as the product does. */
  answer(taskId: string, answer: TaskAnswer): Promise<void>;
  read(): Promise<Ended>;
  close(): Promise<void>;
}

/** More runs continued as new than a scenario expects. */
class EndlessRunsError extends Error {
  readonly code = 'endless_runs';
  constructor(mostRuns: number) {
    super(
      `More than ${mostRuns} runs continued as new. Where that is meant, say where the test ends: with \`until\`, or with ` +
        `a higher \`mostRuns\`.`,
    );
    this.name = 'EndlessRunsError';
  }
}

/** How many runs there may be, the first one included. */
const usualMostRuns = 100;

/** @param continued how many runs continued another one, of children too. */
export function assertEnds(continued: number, mostRuns = usualMostRuns): void {
  if (continued + 1 > mostRuns) throw new EndlessRunsError(mostRuns);
}
