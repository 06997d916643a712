/** What workflow code asked the engine to do. The engine answers with history entries. */
import type { CommandRef, LogLevel, TaskStep } from './history';
import type { JsonObject, JsonValue } from './json';
import type { RecordedError } from './errors';
import type { Match } from './match';
import type { ParentClosePolicy } from './relations';

export type Command =
  | (CommandRef & {
      readonly type: 'action';
      readonly name: string;
      readonly args: JsonValue;
      readonly argsHash: string;
      /** It takes back what another action did: a cancel does not cut it short. */
      readonly isUndo?: true;
    })
  | (CommandRef & { readonly type: 'create_task'; readonly request: CreateTaskRequest; readonly argsHash: string })
  | (CommandRef & { readonly type: 'set_state'; readonly state: string })
  | (CommandRef & { readonly type: 'set_data'; readonly key: string; readonly value: JsonValue })
  | (CommandRef & {
      readonly type: 'wait';
      readonly names: readonly string[];
      readonly match: Match | null;
      readonly deadlineMs: number | null;
      readonly taskId: string | null;
      readonly satisfiedBy: number | null;
    })
  | (CommandRef & { readonly type: 'patch'; readonly patchId: string })
  | (CommandRef & { readonly type: 'sleep'; readonly fireAtMs: number })
  | (CommandRef & {
      readonly type: 'start_child';
      readonly childExecutionId: string;
      readonly workflow: string;
      /** null: the version that is current when the child starts. */
      readonly version: string | null;
      readonly workflowKey: string | null;
      readonly parentClosePolicy: ParentClosePolicy;
      readonly data: JsonObject;
      readonly argsHash: string;
    })
  /** The code asks for the result of a child that has not ended. */
  | { readonly type: 'await_child'; readonly wait: ChildWait }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string; readonly data: JsonValue }
  /** The wait or sleep is over without its timer: the timer's row is not needed any more. */
  | { readonly type: 'drop_timer'; readonly commandId: string }
  /** The wait is over: its row among the things waited for goes. */
  | { readonly type: 'end_wait'; readonly commandId: string }
  /** It lost a race and is waited for again: its rows are wanted as they were. */
  | { readonly type: 'wait_again'; readonly commandId: string }
  /** The time of this task is over; whatever waited for it has been told. */
  | { readonly type: 'end_task'; readonly taskId: string; readonly end: TaskEnding }
  /** It is time to remind the people of an open task, or to give it to more of them. */
  | { readonly type: 'step_task'; readonly taskId: string; readonly commandId: string; readonly step: TaskStep }
  | { readonly type: 'complete'; readonly result: JsonValue }
  | { readonly type: 'fail'; readonly error: RecordedError; readonly failedCommand: string | null }
  /** This run ends and another one goes on with the data. */
  | { readonly type: 'continue_as_new'; readonly data: JsonObject };

/** How a task ends by its time. */
export type TaskEnding =
  | { readonly status: 'expired' }
  | { readonly status: 'completed'; readonly outcome: string | null; readonly output: JsonObject };

export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;

export interface ChildWait {
  /** The command that started the child. */
  readonly commandId: string;
  readonly workflow: string;
  readonly sinceMs: number;
}

/** Parameters of `actions.createHumanTask`. Durations are text such as `2 days` or milliseconds. */
export interface CreateTaskRequest {
  readonly taskType: string;
  readonly title: string;
  readonly description?: string;
  readonly contextData?: JsonObject;
  readonly priority?: 'low' | 'normal' | 'high' | 'urgent';
  readonly assignTo?: { readonly roles?: readonly string[]; readonly users?: readonly string[] };
  /** People who may not decide: four eyes. `requester` stands for who started the execution. */
  readonly distinctFrom?: readonly string[];
  /** When it should be done: an ISO date, or a duration from now. */
  readonly dueDate?: string | number;
  /** When whoever has it wants to look at it again: an ISO date, or a duration from now. */
  readonly followUp?: string | number;
  /** When its people are reminded while it is open, likewise. */
  readonly reminders?: readonly (string | number)[];
  /** Who gets it besides, and when, while it is open. Whoever held it then gives it up. */
  readonly escalateTo?: TaskEscalation | readonly TaskEscalation[];
  /** When it ends undecided: an ISO date, or a duration from now. */
  readonly expiresIn?: string | number;
  /**
   * What happens at `expiresIn`: `expire` ends it undecided; `escalate` gives it to those of `escalateTo` without a
   * time of their own, and it stays open; an outcome completes it as if somebody had chosen that. `expire` unless
   * given, `escalate` where `escalateTo` asks for it.
   */
  readonly onExpiry?: 'expire' | 'escalate' | AutomaticOutcome;
  readonly completionEvent?: string;
  /** With true a context that lacks a key of the form's templates refuses the creation. */
  readonly strict?: boolean;
  readonly subject?: string;
  /**
   * What makes tasks one to people: open tasks of one type with the same fingerprint and the same people are shown as
   * one, and whoever ends it ends them all, each with its own entry in its own execution.
   */
  readonly fingerprint?: string;
}

/** One step of an escalation chain. */
export interface TaskEscalation {
  /** An ISO date, or a duration from the task's creation; `expiresIn` unless given. */
  readonly after?: string | number;
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
}

/** An answer that nobody gave: an outcome of the form, and its answers, which must be right. */
export interface AutomaticOutcome {
  readonly outcome: string | null;
  readonly output?: JsonObject;
}
