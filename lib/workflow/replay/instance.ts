/**
 * One run of a workflow function against its log. `settle` feeds one entry, at the beginning of a turn; at its end
 * `collect` gives the commands that the code issued in answer. Live execution and replay are this same loop; only where entries come from differs.
 */
import { encodeJson, decodeJson, type JsonObject, type JsonValue } from '../model/json';
import { ActionError, ForeignAwaitError, NondeterminismError, recordError } from '../model/errors';
import type { Command, TaskEnding } from '../model/commands';
import { continuesCode, type EntryBody, type HistoryEntry } from '../model/history';
import type { CallUnderWay } from '../model/underWay';
import type { WorkflowContext, WorkflowDefinition } from '../model/workflow';
import type { NewChild } from './children';
import { createContext } from './context';
import { ContextCalls } from './contextCalls';
import { hashText } from '../model/hash';
import { LimitError, type ExecutionLimits, type LimitName } from '../model/limits';
import { encodeValue } from '../model/values';
import type { Mail } from './mailbox';
import { OpenCalls } from './openCalls';
import { Past } from './past';
import { seededRandom } from './random';
import type { Sandbox, WorkflowScope } from './sandbox';
import { CodeTurn } from './codeTurn';
import { Waiting, type WantedTimer } from './waiting';
import type { WaitView } from './waitViews';

export interface InstanceIdentity {
  readonly executionId: string;
  readonly tenant: string;
}

export class WorkflowInstance {
  readonly #definition: WorkflowDefinition;
  readonly #identity: InstanceIdentity;
  readonly #sandbox: Sandbox;
  #scope: WorkflowScope | null = null;
  readonly #turn: CodeTurn;
  readonly #calls = new OpenCalls();
  readonly #waiting: Waiting;
  readonly #data = new Map<string, string>();
  /** What the log knows ahead, while it is fed. */
  #past: Past | null;
  #context: ContextCalls | null = null;
  #logsRecorded = 0;
  /** Made with the first warning. */
  #warned: Set<LimitName> | null = null;
  #finished = false;

  constructor(options: {
    readonly definition: WorkflowDefinition;
    readonly identity: InstanceIdentity;
    readonly sandbox: Sandbox;
    /** The log that is about to be fed; empty for none. */
    readonly history?: readonly HistoryEntry[];
    /** Calls that were begun in answer to entries of this log, and whose outcomes it does not hold. */
    readonly underWay?: readonly CallUnderWay[];
    /** Remembers where in the code each command was issued: slow, for explaining a difference. */
    readonly isTraced?: boolean;
    /** Without it the code may do as much as it likes. */
    readonly limits?: ExecutionLimits;
  }) {
    const { definition, sandbox, isTraced = false, limits } = options;
    this.#definition = definition;
    this.#identity = options.identity;
    this.#sandbox = sandbox;
    this.#past = options.history ? new Past(options.history, options.underWay ?? []) : null;
    this.#turn = new CodeTurn({ workflowName: definition.name, sandbox, isTraced, ...(limits && { limits }) });
    this.#waiting = new Waiting(this.#turn, this.#calls);
  }

  /** Told once when code went on by itself: no entry will ever tell. */
  set onLateCode(tell: (error: Error) => void) {
    this.#turn.onLateCode = tell;
  }

  /**
   * Feeds the next entry of the log. What continues the code is fed at the beginning of a turn.
   * @throws NondeterminismError when the entry records a command that the code did not issue.
   */
  settle(entry: HistoryEntry): void {
    const { seq } = entry;
    const answered = continuesCode(entry.kind);
    this.#turn.begin(entry.at, answered);
    if (answered) {
      this.#calls.next();
      if (this.#scope) this.#sandbox.enter(this.#scope);
    }
    switch (entry.kind) {
      case 'execution_started':
        return this.#start(entry.body);
      case 'event_received': {
        const { event, viaBus } = entry.body;
        return this.#waiting.deliver({ seq, event, taskId: null, viaBus: viaBus === true });
      }
      case 'task_ended':
        return this.#waiting.endTask(seq, entry.body, entry.body.eventName, entry.body.endedAt);
      case 'timer_fired':
        return this.#waiting.fire(seq, entry.body.commandId);
      case 'action_completed': {
        const { n, name, argsHash, commandId, result } = entry.body;
        if (n === 0) return;
        this.#turn.ledger.record(seq, entry.body, `action ${name}`, argsHash);
        return this.#resolve(commandId, result);
      }
      case 'action_failed': {
        const { n, name, argsHash, commandId, error } = entry.body;
        if (n === 0) return;
        this.#turn.ledger.record(seq, entry.body, `action ${name}`, argsHash);
        return this.#reject(commandId, new ActionError(name, error));
      }
      case 'task_created': {
        const { taskId, completionEvent, warnings, commandId, argsHash } = entry.body;
        this.#turn.ledger.record(seq, entry.body, 'create a human task', argsHash);
        this.#waiting.tasks.add(entry.body);
        return this.#resolve(commandId, { taskId, completionEvent, warnings });
      }
      case 'task_refused': {
        const { commandId, error, argsHash } = entry.body;
        this.#turn.ledger.record(seq, entry.body, 'create a human task', argsHash);
        return this.#reject(commandId, new ActionError('createHumanTask', error));
      }
      case 'state_changed':
        return this.#turn.ledger.record(seq, entry.body, `state ${entry.body.state}`, '');
      case 'data_set': {
        const { key, value } = entry.body;
        return this.#turn.ledger.record(seq, entry.body, `data ${key}`, hashText(encodeJson(value, key)));
      }
      case 'wait_started':
        return this.#waiting.recordWait(seq, entry.body);
      case 'patch_marked':
        return this.#turn.ledger.record(seq, entry.body, `patch ${entry.body.patchId}`, '');
      case 'sleep_started':
        return this.#waiting.recordSleep(seq, entry.body);
      case 'log_written':
        // The engine's own warnings are none of the code's lines.
        if (entry.body.limit === undefined) this.#logsRecorded += 1;
        else this.warned(entry.body.limit);
        return;
      case 'cancel_requested':
        return this.#waiting.cancel(entry.body);
      case 'child_started':
        return this.#turn.ledger.record(seq, entry.body, `start child ${entry.body.workflow}`, entry.body.argsHash);
      case 'child_ended':
        return this.#waiting.endChild(entry.body);
      case 'task_reminded':
      case 'task_escalated':
        return this.#waiting.tasks.stepRecorded(entry.body.commandId);
      case 'terminate_requested':
      case 'execution_paused':
      case 'execution_resumed':
      case 'execution_retried':
      case 'execution_canceled':
      case 'execution_terminated':
      case 'execution_completed':
      case 'execution_failed':
      case 'execution_continued':
        return;
    }
  }

  /** From here on the code is run again from before a failure; of these entries only what fits the new run counts. */
  retryFrom(undone: readonly HistoryEntry[]): void {
    this.#turn.ledger.setAside(undone);
  }

  /** Settles an entry that a retry left behind, if it is the outside world's or tells of what the code asked for before. */
  settleIfItFits(entry: HistoryEntry): boolean {
    switch (entry.kind) {
      case 'action_failed':
      case 'task_refused':
      case 'log_written':
      case 'execution_failed':
        return false;
      default:
        break;
    }
    try {
      this.settle(entry);
      return true;
    } catch (error) {
      if (error instanceof NondeterminismError) return false;
      throw error;
    }
  }

  /** Commands issued since the last call. Ends the answer to the entry that was settled. */
  collect(): Command[] {
    return this.#turn.collect();
  }

  /**
   * Called when the log is used up, with the commands collected so far: those that the log holds already are dropped.
   * @param underWay calls that were begun and whose outcomes the log does not hold.
   * @throws NondeterminismError when the code does more than the log says at a place the log has passed, or does not ask
   * for what has begun.
   */
  outstanding(commands: readonly Command[], underWay: readonly CallUnderWay[]): Command[] {
    this.#past = null;
    this.#turn.ledger.checkEnd(underWay);
    let logs = 0;
    return commands.filter((command) => {
      switch (command.type) {
        case 'log':
          logs += 1;
          return logs > this.#logsRecorded;
        case 'complete':
        case 'fail':
        case 'drop_timer':
        case 'end_wait':
        case 'wait_again':
        case 'end_task':
        case 'continue_as_new':
          return true;
        case 'step_task':
          return !this.#waiting.tasks.isStepRecorded(command.commandId);
        case 'await_child':
          return false;
        default:
          return this.#turn.ledger.isOutstanding(command.commandId);
      }
    });
  }

  /** Unfinished, and yet nothing that the engine knows of can continue it. */
  get isBlockedOnNothing(): boolean {
    return !this.#finished && this.#calls.size === 0 && this.#waiting.isForNothing;
  }

  /** Characters of the largest value that the code was given or passed. */
  get largestPayload(): number {
    return this.#turn.largestPayload;
  }

  warnedOf(limit: LimitName): boolean {
    return this.#warned?.has(limit) === true;
  }

  warned(limit: LimitName): void {
    (this.#warned ??= new Set()).add(limit);
  }

  /** Children that have not ended, as far as the log knows. */
  get openChildren(): readonly NewChild[] {
    return this.#waiting.openChildren;
  }

  /** Events that came and that nobody has waited for, in their order. */
  get unread(): readonly Mail[] {
    return this.#waiting.unread;
  }

  /** The log holds that somebody wants the end: whatever the code ends with, it is canceled. */
  get isCanceled(): boolean {
    return this.#waiting.isCanceled;
  }

  /** The command at this position was issued before somebody wanted the end. */
  isCutByCancel(n: number): boolean {
    return this.#waiting.isCutByCancel(n);
  }

  get hasOpenTasks(): boolean {
    return this.#waiting.hasOpenTasks;
  }

  get openTasks(): readonly string[] {
    return this.#waiting.openTasks;
  }

  /** What a task whose time was over ended with; null: the log does not hold its end. */
  endOfTask(taskId: string): TaskEnding | null {
    return this.#waiting.tasks.endOf(taskId);
  }

  get finished(): boolean {
    return this.#finished;
  }

  get state(): string | null {
    return this.#context?.state() ?? null;
  }

  get data(): Record<string, JsonValue> {
    return Object.fromEntries([...this.#data].map(([key, text]) => [key, decodeJson(text)]));
  }

  get waits(): WaitView[] {
    return this.#waiting.views;
  }

  /** Command ids whose timers are still wanted: open waits with a deadline, sleeps, tasks that may expire. */
  wantsTimer(commandId: string): boolean {
    return this.#waiting.wantsTimer(commandId);
  }

  /** The timers of open waits with a deadline, of sleeps, and of tasks that may expire. */
  get wantedTimers(): WantedTimer[] {
    return this.#waiting.wantedTimers;
  }

  #start(body: EntryBody<'execution_started'>): void {
    for (const [key, value] of Object.entries(body.initialData)) {
      const text = encodeJson(value, key);
      this.#turn.seen(text);
      this.#data.set(key, text);
    }
    const random = seededRandom(body.seed);
    this.#scope = new RunScope(this.#turn, this.#waiting, random);
    this.#context = new ContextCalls({
      ...this.#identity,
      started: body,
      random,
      sandbox: this.#sandbox,
      turn: this.#turn,
      calls: this.#calls,
      waiting: this.#waiting,
      data: this.#data,
      run: this,
    });
    const context = createContext(this.#context);
    this.#sandbox.enter(this.#scope);
    void this.#sandbox.runIn(undefined, () => this.#run(context));
  }

  async #run(context: WorkflowContext): Promise<void> {
    try {
      const text = encodeValue(await this.#definition.run(context), 'What the workflow returned', 'result');
      // A result that the log cannot hold fails the execution like any other error of its code.
      this.#turn.passes(text, 'The result of the workflow');
      this.#finish({ type: 'complete', result: decodeJson(text) });
    } catch (error) {
      if (error instanceof NondeterminismError || error instanceof ForeignAwaitError || error instanceof LimitError)
        this.#turn.broke(error);
      else this.#finish({ type: 'fail', error: recordError(error), failedCommand: this.#calls.behind(error) });
    }
  }

  /** What the log knows ahead, while it is fed. */
  get past(): Past | null {
    return this.#past;
  }

  /** @param data of the next run; null: what this one has set. */
  continueAsNew(data: JsonObject | null): void {
    this.#waiting.goesOn ||= !this.#finished;
    this.#finish({ type: 'continue_as_new', data: data ?? this.data });
  }

  #finish(command: Command): void {
    // Code that goes on after continueAsNew decides nothing any more.
    if (this.#finished) return;
    if (!this.#turn.isOn) return void this.#turn.late('end');
    this.#finished = true;
    this.#turn.push(command);
  }

  #resolve(commandId: string, value: JsonValue): void {
    this.#calls.resolve(commandId, this.#turn.given(value), !this.#turn.isOfWithdrawn(commandId));
  }

  #reject(commandId: string, error: Error): void {
    this.#calls.reject(commandId, error, !this.#turn.isOfWithdrawn(commandId));
  }
}

/** A class, as all that is made anew for each execution: its functions are made once. */
class RunScope implements WorkflowScope {
  constructor(
    private readonly turn: CodeTurn,
    private readonly waiting: Waiting,
    readonly random: () => number,
  ) {}

  nowMs(): number {
    return this.turn.nowMs;
  }

  withdraw(promises: readonly unknown[]): void {
    this.waiting.withdraw(promises);
  }
}
