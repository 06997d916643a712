/** What a test says about the world around a workflow, and what it is told afterwards. */
import type { ActionContext, ActionRegistrar } from '../../core/actions/types';
import type { RecordedError } from '../../model/errors';
import type { HistoryEntry } from '../../model/history';
import type { JsonObject, JsonValue } from '../../model/json';
import type { Loose } from '../../model/loose';
import type { SystemFormInput, SystemTaskDefinitionInput } from '../../model/ports/taskStore';
import type { ExecutionStatus, TaskStatus } from '../../model/status';
import type { WorkflowDefinition, WorkflowFunction } from '../../model/workflow';
import type { WaitView } from '../../replay/waitViews';

/** Stands in for an action. It may be async, and it may throw: the retry policy of the action counts then. */
export type ActionStandIn = (params: Loose, context: ActionContext) => unknown;

/** An event of the script. */
export interface ScriptedEvent {
  readonly name: string;
  /** Key in the event catalogue; the name unless given. */
  readonly type?: string;
  readonly payload?: JsonValue;
  readonly userId?: string;
  /** When it is sent, counted from the start: `2 days` or milliseconds. Without it: once the workflow waits for it. */
  readonly after?: string | number;
  /** `bus`: for waits with `match`. To the execution itself unless given. */
  readonly to?: 'execution' | 'bus';
}

/** A task as the people of a test see it. */
export interface TestTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly title: string;
  readonly contextData: JsonObject;
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly excludedUsers: readonly string[];
  readonly priority: string;
  readonly dueAt: string | null;
  /** How many tasks of this type there were, this one included. */
  readonly nth: number;
}

export interface TaskAnswer {
  /** The chosen button; left out for a form without outcomes. */
  readonly outcome?: string;
  /** What was typed into the form. */
  readonly data?: JsonObject;
  /** Who answers; `somebody` unless given. */
  readonly by?: string;
  /** The roles of whoever answers; those that the task asks for unless given. */
  readonly roles?: readonly string[];
  /** How long after the task's creation, such as `2 hours`; at once unless given. */
  readonly after?: string | number;
}

/** An answer, or how to find one. Null leaves the task open. */
export type TaskAnswering = TaskAnswer | ((task: TestTask) => TaskAnswer | null);

export interface Scenario {
  /** `acme` unless given. */
  readonly tenant?: string;
  /** Of the workflow, as registration takes them: for functions without a name, and versions other than 1. */
  readonly name?: string;
  readonly version?: string;
  /** What starts the workflow: `context.input.triggerEvent`. Without it, a direct start. */
  readonly trigger?: Omit<ScriptedEvent, 'after' | 'to'>;
  /** Initial data: what `data.get(key)` reads. */
  readonly data?: JsonObject;
  /** Stand-ins by the name of their action, in any spelling. */
  readonly actions?: Readonly<Record<string, ActionStandIn>>;
  /** The real registrations, so that parameters, defaults and retry policies are those of the product. */
  readonly register?: (actions: ActionRegistrar) => void;
  /** Workflows that it starts as children, under their own names. Tasks of children are answered like its own. */
  readonly workflows?: readonly (WorkflowFunction | WorkflowDefinition)[];
  readonly events?: readonly ScriptedEvent[];
  /** Answers to tasks, by their type. A type that is not named stays open. */
  readonly tasks?: Readonly<Record<string, TaskAnswering>>;
  /** Forms and task definitions as the product ships them: answers are then checked as they are in production. */
  readonly forms?: readonly SystemFormInput[];
  readonly taskDefinitions?: readonly SystemTaskDefinitionInput[];
  /** When the execution starts; 5 January 2026, 09:00 UTC unless given. */
  readonly startAt?: Date;
  /** Decides what `Math.random` and `crypto.randomUUID` answer in the workflow. */
  readonly seed?: string;
  /** Nothing later than this is waited for, counted from the start. Ten years unless given. */
  readonly until?: string | number;
  /** How many runs may continue each other as new, those of children counted too. 100 unless given. */
  readonly mostRuns?: number;
}

export interface TestedTask extends TestTask {
  readonly status: TaskStatus;
  readonly outcome: string | null;
}

/** One call of an action, with the outcome that the workflow saw. */
export interface ActionCallRecord {
  /** Such as `sendInvoiceEmail#2`. */
  readonly commandId: string;
  readonly name: string;
  /** After validation, with defaults. */
  readonly params: JsonValue;
  readonly attempts: number;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
}

export interface TestedRun {
  readonly executionId: string;
  /** `waiting`: nothing in the script would move it any more. */
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
  readonly data: Readonly<Record<string, JsonValue>>;
  readonly history: readonly HistoryEntry[];
  /** In the order in which the workflow saw their outcomes. */
  readonly actionCalls: readonly ActionCallRecord[];
}

/** Of a workflow that continued as new the last run, which `runs` ends with. */
export interface TestedExecution extends TestedRun {
  /** All runs, in their order; one, where it did not continue as new. */
  readonly runs: readonly TestedRun[];
  /** In order of their creation, of all runs. */
  readonly tasks: readonly TestedTask[];
  /** What it still waits for. */
  readonly waits: readonly WaitView[];
  /** Virtual time from the start of the first run to the last entry of the last history. */
  readonly elapsedMs: number;
}
