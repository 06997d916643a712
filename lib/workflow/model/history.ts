/**
 * The log of one execution. Four families:
 *
 * - inputs, which the outside world decided: start, events, timers, action outcomes, ends of tasks and children;
 * - records of commands that the code issued: state, data, waits, sleeps, tasks, children, log lines;
 * - what people decided about the execution itself: cancel, terminate, pause, resume, retry;
 * - the end.
 *
 * Feeding the inputs in order to the same code gives the same records again; that is what replay checks.
 */
import type { RecordedError } from './errors';
import type { TaskEnd, WorkflowEvent } from './events';
import type { JsonObject, JsonValue } from './json';
import type { LimitName } from './limits';
import type { Match } from './match';
import type { ChildEnd, ChildStarted, ForkOrigin, ParentLink } from './relations';

/** Which command an entry belongs to. */
export interface CommandRef {
  /** Name and per-name counter in call order, for example `sendNotification#2`. */
  readonly commandId: string;
  /** Position among all commands of the execution, from 1. */
  readonly n: number;
}

interface Bodies {
  execution_started: {
    readonly workflow: string;
    readonly version: string;
    readonly trigger: WorkflowEvent;
    readonly initialData: JsonObject;
    readonly seed: string;
    /** Stays the same in forks, which have an id of their own for routing. */
    readonly logicalExecutionId: string;
    readonly startedBy: string | null;
    /** Set for a child: whom it tells of its end. */
    readonly parent?: ParentLink | null;
    /** The run that this one continues, set by `continueAsNew`. */
    readonly continuedFrom?: string | null;
    /** Set for a fork: where its first entries come from. */
    readonly fork?: ForkOrigin | null;
  };
  /** `viaBus`: it came over the bus, for waits with a matching `match` and no others. */
  event_received: { readonly event: WorkflowEvent; readonly viaBus?: true };
  task_ended: TaskEnd & { readonly eventName: string; readonly endedAt: string };
  timer_fired: { readonly commandId: string };
  child_ended: ChildEnd;
  action_completed: CommandRef & {
    readonly name: string;
    readonly argsHash: string;
    readonly result: JsonValue;
  };
  action_failed: CommandRef & {
    readonly name: string;
    readonly argsHash: string;
    readonly error: RecordedError;
  };
  state_changed: CommandRef & { readonly state: string };
  data_set: CommandRef & { readonly key: string; readonly value: JsonValue };
  /** `limit`: the engine itself warns that the execution comes near one. */
  log_written: {
    readonly level: LogLevel;
    readonly message: string;
    readonly data: JsonValue;
    readonly limit?: LimitName;
  };
  wait_started: CommandRef & {
    readonly names: readonly string[];
    /** ISO 8601, or null: waits for ever. */
    readonly deadline: string | null;
    readonly taskId: string | null;
    /** The entry that was already in the mailbox and ended this wait at once. */
    readonly satisfiedBy: number | null;
    /** What the payload must hold; absent where any event of these names will do. */
    readonly match?: Match;
  };
  sleep_started: CommandRef & { readonly fireAt: string };
  /** The code took the new path of a change here. */
  patch_marked: CommandRef & { readonly patchId: string };
  task_created: CommandRef & CreatedTask & { readonly argsHash: string };
  task_refused: CommandRef & { readonly argsHash: string; readonly error: RecordedError };
  /** The people of an open task were reminded of it. `commandId` names the timer. */
  task_reminded: { readonly taskId: string; readonly commandId: string };
  /** An open task was given to more people. */
  task_escalated: {
    readonly taskId: string;
    readonly commandId: string;
    readonly roles: readonly string[];
    readonly users: readonly string[];
  };
  child_started: CommandRef & ChildStarted;
  /** The end of this run; the next one has taken over all that was not consumed. */
  execution_continued: { readonly successorId: string };
  /** The waits of the code throw from here on, once; whatever the code does then, the end is `execution_canceled`. */
  cancel_requested: Decision;
  /** The code gets nothing any more; `execution_terminated` follows once nothing is under way. */
  terminate_requested: Decision;
  /** The code gets nothing until the execution is resumed. */
  execution_paused: Decision;
  execution_resumed: Decision;
  /** Undoes the failure before it, see `retries.ts`. Says nothing where there is none. */
  execution_retried: Decision;
  execution_completed: { readonly result: JsonValue };
  execution_failed: {
    readonly error: RecordedError;
    /** The action or task that the code failed with; null where it failed by itself. */
    readonly failedCommand?: string | null;
  };
  /** `error`: what the code threw in the end, if it was anything else than the cancellation. */
  execution_canceled: { readonly error: RecordedError | null };
  execution_terminated: Decision;
}

/** Who decided something about an execution, and why. */
export interface Decision {
  /** null: the engine itself, for a parent that ended. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** What people, or a parent that ends, put into the inbox of an execution to decide about it. */
export const decisionKinds = [
  'cancel_requested',
  'terminate_requested',
  'execution_paused',
  'execution_resumed',
  'execution_retried',
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

export function isDecision(kind: string): kind is DecisionKind {
  return (decisionKinds as readonly string[]).includes(kind);
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What the log keeps of a task's creation. The form and the context stay in `workflow_tasks`. */
export interface CreatedTask {
  readonly taskId: string;
  readonly taskType: string;
  readonly title: string;
  readonly completionEvent: string;
  readonly formVersion: number;
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly dueAt: string | null;
  readonly expiresAt: string | null;
  readonly warnings: readonly string[];
  /** What happens while it is open; absent where nothing does. */
  readonly steps?: readonly TaskStep[];
  /** What it is completed with at `expiresAt`; absent where it then ends undecided. */
  readonly automatic?: { readonly outcome: string | null; readonly output: JsonObject };
}

/** A reminder, or an escalation to these people. */
export interface TaskStep {
  readonly kind: 'reminder' | 'escalation';
  /** ISO 8601. */
  readonly at: string;
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

/** Names the timer of a step, by its place in the list. */
export const stepTimer = (commandId: string, place: number): string => `${commandId}:step${place + 1}`;

export type EntryKind = keyof Bodies;
export type EntryBody<K extends EntryKind> = Bodies[K];

/** One line of the log. `at` is in milliseconds since the epoch and never runs backwards within an execution. */
export type HistoryEntry = {
  [K in EntryKind]: { readonly seq: number; readonly at: number; readonly kind: K; readonly body: Bodies[K] };
}[EntryKind];

/** An entry before the log gave it a place. */
export type NewEntry = { [K in EntryKind]: { readonly kind: K; readonly body: Bodies[K] } }[EntryKind];

/** Whether settling an entry of this kind may wake the code; mere records only confirm what it did. */
export function continuesCode(kind: EntryKind): boolean {
  switch (kind) {
    case 'execution_started':
    case 'event_received':
    case 'task_ended':
    case 'timer_fired':
    case 'child_ended':
    case 'action_completed':
    case 'action_failed':
    case 'task_created':
    case 'task_refused':
    case 'cancel_requested':
      return true;
    case 'state_changed':
    case 'data_set':
    case 'log_written':
    case 'wait_started':
    case 'sleep_started':
    case 'patch_marked':
    case 'terminate_requested':
    case 'execution_paused':
    case 'execution_resumed':
    case 'execution_retried':
    case 'execution_completed':
    case 'execution_failed':
    case 'execution_canceled':
    case 'execution_terminated':
    case 'child_started':
    case 'execution_continued':
    case 'task_reminded':
    case 'task_escalated':
      return false;
  }
}
