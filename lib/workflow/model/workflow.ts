/** What authors write against. */
import type { ExecutedAction, GroupMember, GroupOptions } from './actionGroups';
import type { BuiltInActions } from './builtInActions';
import type { Combinators } from './combinators';
import type { CreateTaskRequest } from './commands';
import type { WorkflowEvent } from './events';
import type { JsonObject } from './json';
import type { Loose } from './loose';
import type { ParentClosePolicy } from './relations';
import type { WorkflowTasks } from './tasks';
import type { ActionsOf, TypedActions } from './typedActions';
import type { Match } from './match';

/** What `createHumanTask` answers. */
export interface CreatedHumanTask {
  readonly taskId: string;
  /** The event that tells of the task's end: wait for it with `events.waitFor`. */
  readonly completionEvent: string;
  /** Keys that the form's templates name and the context lacks. */
  readonly warnings: readonly string[];
}

/** A task's title defaults to its type. */
export type HumanTaskRequest = Omit<CreateTaskRequest, 'title'> & { readonly title?: string };

/** Registered actions by name. A call waits for the recorded result; a failed action throws an `ActionError`. */
export interface WorkflowActions {
  createHumanTask(request: HumanTaskRequest): Promise<CreatedHumanTask>;
  [name: string]: (params?: Loose) => Promise<Loose>;
}

/** The actions that a workflow declares, and the built-in ones. Nothing else: a wrong name does not compile. */
type DeclaredActions<A extends TypedActions> = ActionsOf<A> & Omit<BuiltInActions, keyof ActionsOf<A>>;

export interface WaitOptions {
  /** How long to wait: `3 days`, or milliseconds. When it passes first, the wait returns null. */
  readonly timeout?: string | number;
  /**
   * Values that the payload must hold, by key or path: `{ invoiceId: 'inv-123', 'customer.id': 7 }`. With it the wait
   * is also given events of the bus that were submitted since the execution began; without it none.
   */
  readonly match?: Match;
}

export interface EmitOptions {
  readonly to: 'bus' | 'parent' | { readonly executionId: string };
}

export interface WorkflowEvents {
  /**
   * Waits for the first event of one of these names, in the order of the log. Events that came earlier and were not
   * consumed count. Events of the bus come only to waits with `match`. An open task that the wait is for expires when the timeout passes.
   */
  waitFor<Payload = Loose>(name: string | readonly string[]): Promise<WorkflowEvent<Payload>>;
  waitFor<Payload = Loose>(
    name: string | readonly string[],
    options: WaitOptions & { readonly timeout?: undefined },
  ): Promise<WorkflowEvent<Payload>>;
  waitFor<Payload = Loose>(
    name: string | readonly string[],
    options: WaitOptions,
  ): Promise<WorkflowEvent<Payload> | null>;
  /**
  /**
   * Sends an event: to the bus, where attachments start workflows and waits with a fitting `match` receive it, unless
   * told otherwise; to the parent; or to one execution. Happens once.
   * @throws ActionError with code `execution_ended` or `execution_not_found` when nobody is there to take it.
   */
  emit(name: string, payload?: Loose, options?: EmitOptions): Promise<void>;
}

export interface WorkflowData {
  /** A fresh copy of what was stored: changing it changes nothing until it is set again. */
  get<T = Loose>(key: string): T;
  set(key: string, value: unknown): void;
}

/** Lines go to the execution's log, once, however often the code is run again. */
export interface WorkflowLogger {
  debug(message: string, data?: unknown): void;
  info(message: string, data?: unknown): void;
  warn(message: string, data?: unknown): void;
  error(message: string, data?: unknown): void;
}

/** A workflow by its definition: its function tells the type of its result. */
export interface WorkflowReference<Result> {
  readonly name: string;
  readonly run: (context: Loose) => Promise<Result>;
}

export interface ChildOptions {
  /** Read by the child with `data.get(key)`. */
  readonly data?: JsonObject;
  /** At most one execution of the workflow that has not ended holds a key: a child with a key that is taken fails. */
  readonly key?: string;
  /** What becomes of the child when its parent ends before it. `terminate` unless given. */
  readonly parentClosePolicy?: ParentClosePolicy;
  /** The version that is current when the child starts unless given. */
  readonly version?: string;
}

export interface ChildHandle<Result = Loose> {
  readonly executionId: string;
  /**
   * Waits for the child's end, across its continuations.
   * @throws ChildFailedError when it failed, was canceled or terminated, or could not be started.
   */
  result(): Promise<Result>;
}

export interface WorkflowChildren {
  /** Starts a child in the commit that also logs it. The child runs whether or not its result is asked for. */
  start<Result = Loose>(workflow: string | WorkflowReference<Result>, options?: ChildOptions): ChildHandle<Result>;
  /** Starts a child and waits for its result. */
  run<Result = Loose>(workflow: string | WorkflowReference<Result>, options?: ChildOptions): Promise<Result>;
}

/**
 * @typeParam A the list of actions that the workflow declares, as `typeof actions`. Without it `context.actions` takes
 *   any name.
 */
export interface WorkflowContext<A extends TypedActions | undefined = undefined> extends Combinators {
  readonly executionId: string;
  readonly tenant: string;
  /** What started the execution. A direct start gives a trigger named `workflow.started`. */
  readonly input: { readonly triggerEvent: WorkflowEvent; readonly data: JsonObject };
  readonly actions: A extends TypedActions ? DeclaredActions<A> : WorkflowActions;
  /**
   * Runs a group of actions in waves, by what depends on what. One result for each, in the order given; does not reject
   * because an action failed. Rejects with InvalidInputError, before anything runs, for a cycle or an unknown
   * dependency.
   */
  executeActions(members: readonly GroupMember[], options?: GroupOptions): Promise<readonly ExecutedAction[]>;
  readonly data: WorkflowData;
  readonly events: WorkflowEvents;
  /** Questions to people. */
  readonly tasks: WorkflowTasks;
  /** Other workflows, started and awaited by this one. */
  readonly children: WorkflowChildren;
  /** Who started this execution as a child, if anybody did. */
  readonly parent: { readonly executionId: string } | null;
  readonly logger: WorkflowLogger;
  /** The author's label for where the process stands, for people to read. */
  setState(state: string): void;
  getCurrentState(): string | null;
  /** Waits for a duration such as `3 days` or a number of milliseconds. Months are fine. */
  sleep(duration: string | number): Promise<void>;
  sleepUntil(instant: Date | string): Promise<void>;
  /**
   * Ends this run and starts the next one in the same commit, with a short history: for workflows that go on for ever.
   * Events that nobody consumed go along; open tasks, timers and children do not. The promise never settles: nothing
   * after it runs.
   * @param data of the next run; what this one has set so far unless given.
   */
  continueAsNew(data?: JsonObject): Promise<never>;
  /**
   * Guards a changed path: true in executions that come here for the first time, false where the log shows that older
   * code went past here. The log keeps the answer.
   */
  patched(patchId: string): boolean;
  /** Replaces `patched` once no execution without the patch is left: accepts what the log kept. Remove it later still. */
  deprecatePatch(patchId: string): void;
}

/** A business process. It may wait for weeks; it is run again from its log whenever it is needed. */
export type WorkflowFunction = (context: WorkflowContext) => Promise<unknown>;

export interface WorkflowDefinition {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** Registered together with the workflow. */
  readonly actions?: TypedActions;
  readonly run: WorkflowFunction;
}
