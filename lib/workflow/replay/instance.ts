/**
 * One run of a workflow function against its log. `settle` feeds one entry; after a drain, `collect` gives the commands
 * that the code issued in answer. Live execution and replay are this same loop; only where entries come from differs.
 */
import { encodeJson, decodeJson, type JsonObject, type JsonValue } from '../model/json';
import { ActionError, ForeignAwaitError, NondeterminismError, recordError } from '../model/errors';
import {
  commandOfUncertainActionEvent,
  defaultCompletionEvent,
  type TaskEnd,
  type WorkflowEvent,
} from '../model/events';
import type { Command } from '../model/commands';
import { continuesCode, type Decision, type EntryBody, type HistoryEntry } from '../model/history';
import type { WorkflowDefinition } from '../model/workflow';
import { Branch } from './branches';
import { Cancellation } from './cancellation';
import { Children, type NewChild } from './children';
import { createContext, type ContextHost } from './context';
import { hashText } from '../model/hash';
import { FailedCommands } from './failedWith';
import { describeMatch, type Match } from '../model/match';
import { Ledger, type IssuedCommand } from './ledger';
import { Mailbox, type Mail, type OpenWait } from './mailbox';
import { Past } from './past';
import { derivedId, seededRandom, uuidFrom } from './random';
import type { Sandbox, WorkflowScope } from './sandbox';

export interface InstanceIdentity {
  readonly executionId: string;
  readonly tenant: string;
}

/** What an execution waits for, as pages show it. */
export interface WaitView {
  readonly commandId: string;
  readonly kind: 'event' | 'timer' | 'task' | 'child';
  readonly names: readonly string[];
  /** What an event of the bus must hold; null: none is wanted. */
  readonly match: Match | null;
  readonly deadlineMs: number | null;
  readonly taskId: string | null;
  readonly sinceMs: number;
}

interface WantedTimer {
  readonly commandId: string;
  readonly fireAtMs: number;
  readonly taskId: string | null;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface OpenSleep {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  fireAtMs: number;
  readonly sinceMs: number;
}

interface KnownTask {
  readonly taskId: string;
  readonly completionEvent: string;
  readonly expiresAtMs: number | null;
  ended: boolean;
}

export class WorkflowInstance {
  readonly #definition: WorkflowDefinition;
  readonly #identity: InstanceIdentity;
  readonly #sandbox: Sandbox;
  readonly #ledger: Ledger;
  readonly #mailbox = new Mailbox();
  readonly #data = new Map<string, string>();
  /** Actions and task creations without an outcome. */
  readonly #pending = new Map<string, Pending>();
  readonly #sleeps = new Map<string, OpenSleep>();
  readonly #tasks = new Map<string, KnownTask>();
  readonly #taskOfCommand = new Map<string, string>();
  /** Which wait a promise handed to the code belongs to, so that a lost race can withdraw it. */
  readonly #waitOfPromise = new WeakMap<object, string>();
  /** Made when the first child is started. */
  #children: Children | null = null;
  #commands: Command[] = [];
  #logsIssued = 0;
  #logsRecorded = 0;
  #nowMs = 0;
  #state: string | null = null;
  #scope: WorkflowScope | null = null;
  #answering = false;
  #cancellation: Cancellation | null = null;
  /** What the log knows ahead, while it is fed. */
  #past: Past | null;
  readonly #patches = new Set<string>();
  /** Made with the first branch. */
  #root: Branch | null = null;
  #branchOfCommand: Map<string, Branch> | null = null;
  /** Told once when code went on by itself: no entry will ever tell. */
  onLateCode: ((error: Error) => void) | null = null;
  readonly #failedCommands = new FailedCommands();
  /** The command whose failure the code answers now. */
  #justFailed: string | null = null;
  #finished = false;
  /** Another run takes over: what arrives now is for that one, whatever this one still waits for. */
  #goesOn = false;
  #broken: Error | null = null;

  constructor(options: {
    readonly definition: WorkflowDefinition;
    readonly identity: InstanceIdentity;
    readonly sandbox: Sandbox;
    /** The log that is about to be fed; empty for none. */
    readonly history?: readonly HistoryEntry[];
    /** Remembers where in the code each command was issued: slow, for explaining a difference. */
    readonly isTraced?: boolean;
  }) {
    this.#definition = options.definition;
    this.#identity = options.identity;
    this.#sandbox = options.sandbox;
    this.#past = options.history ? new Past(options.history) : null;
    this.#ledger = new Ledger({ isTraced: options.isTraced ?? false });
  }

  /**
   * Feeds the next entry of the log. Drain before calling `collect`.
   * @throws NondeterminismError when the entry records a command that the code did not issue.
   */
  settle(entry: HistoryEntry): void {
    this.#nowMs = entry.at;
    this.#answering = continuesCode(entry.kind);
    if (this.#answering) this.#justFailed = null;
    switch (entry.kind) {
      case 'execution_started':
        return this.#start(entry.body);
      case 'event_received':
        return this.#deliver({
          seq: entry.seq,
          event: entry.body.event,
          taskId: null,
          viaBus: entry.body.viaBus === true,
        });
      case 'task_ended':
        return this.#endTask(entry.seq, entry.body, entry.body.eventName, entry.body.endedAt);
      case 'timer_fired':
        return this.#fire(entry.seq, entry.body.commandId);
      case 'action_completed':
        if (entry.body.n === 0) return;
        this.#ledger.record(entry.seq, { ...entry.body, what: `action ${entry.body.name}` });
        return this.#resolve(entry.body.commandId, entry.body.result);
      case 'action_failed':
        if (entry.body.n === 0) return;
        this.#ledger.record(entry.seq, { ...entry.body, what: `action ${entry.body.name}` });
        return this.#reject(entry.body.commandId, new ActionError(entry.body.name, entry.body.error));
      case 'task_created':
        this.#ledger.record(entry.seq, { ...entry.body, what: 'create a human task' });
        return this.#createTask(entry.body);
      case 'task_refused':
        this.#ledger.record(entry.seq, { ...entry.body, what: 'create a human task' });
        return this.#reject(entry.body.commandId, new ActionError('createHumanTask', entry.body.error));
      case 'state_changed':
        return this.#ledger.record(entry.seq, { ...entry.body, what: `state ${entry.body.state}`, argsHash: '' });
      case 'data_set':
        return this.#ledger.record(entry.seq, {
          ...entry.body,
          what: `data ${entry.body.key}`,
          argsHash: hashText(encodeJson(entry.body.value, entry.body.key)),
        });
      case 'wait_started':
        return this.#recordWait(entry.seq, entry.body);
      case 'patch_marked':
        return this.#ledger.record(entry.seq, { ...entry.body, what: `patch ${entry.body.patchId}`, argsHash: '' });
      case 'sleep_started':
        return this.#recordSleep(entry.seq, entry.body);
      case 'log_written':
        this.#logsRecorded += 1;
        return;
      case 'cancel_requested':
        return this.#cancel(entry.body);
      case 'child_started':
        return this.#ledger.record(entry.seq, { ...entry.body, what: `start child ${entry.body.workflow}` });
      case 'child_ended':
        if (this.#children?.end(entry.body)) {
          this.#commands.push({ type: 'end_wait', commandId: entry.body.commandId });
        }
        return;
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
    this.#ledger.setAside(undone);
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
    this.#answering = false;
    if (this.#broken) throw this.#broken;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  /**
   * Called when the log is used up, with the commands collected so far: those that the log holds already are dropped.
   * @throws NondeterminismError when the code does more than the log says at a place the log has passed.
   */
  outstanding(commands: readonly Command[]): Command[] {
    this.#past = null;
    this.#ledger.checkEnd();
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
        case 'expire_task':
        case 'continue_as_new':
          return true;
        case 'await_child':
          return false;
        default:
          return this.#ledger.isOutstanding(command.commandId);
      }
    });
  }

  /** Unfinished, and yet nothing that the engine knows of can continue it. */
  get isBlockedOnNothing(): boolean {
    return (
      !this.#finished &&
      this.#pending.size === 0 &&
      this.#sleeps.size === 0 &&
      this.#mailbox.openWaits === 0 &&
      (this.#children === null || this.#children.waits.length === 0)
    );
  }

  /** Children that have not ended, as far as the log knows. */
  get openChildren(): readonly NewChild[] {
    return this.#children?.open ?? [];
  }

  /** Events that came and that nobody has waited for, in their order. */
  get unread(): readonly Mail[] {
    return this.#mailbox.unread;
  }

  /** The log holds that somebody wants the end: whatever the code ends with, it is canceled. */
  get isCanceled(): boolean {
    return this.#cancellation !== null;
  }

  get hasOpenTasks(): boolean {
    for (const task of this.#tasks.values()) if (!task.ended) return true;
    return false;
  }

  get openTasks(): string[] {
    return [...this.#tasks.values()].flatMap((task) => (task.ended ? [] : [task.taskId]));
  }

  hasEndedTask(taskId: string): boolean {
    return this.#tasks.get(taskId)?.ended === true;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get state(): string | null {
    return this.#state;
  }

  get data(): Record<string, JsonValue> {
    return Object.fromEntries([...this.#data].map(([key, text]) => [key, decodeJson(text)]));
  }

  get waits(): WaitView[] {
    const events = [...this.#mailbox.waits].map(({ commandId, names, match, deadlineMs, taskId, sinceMs }) => {
      const kind = taskId === null ? ('event' as const) : ('task' as const);
      return { commandId, kind, names, match, deadlineMs, taskId, sinceMs };
    });
    const sleeps = [...this.#sleeps].map(([commandId, { fireAtMs, sinceMs }]) => {
      return { commandId, kind: 'timer' as const, names: [], match: null, deadlineMs: fireAtMs, taskId: null, sinceMs };
    });
    const children = (this.#children?.waits ?? []).map(({ commandId, workflow, sinceMs }) => {
      return {
        commandId,
        kind: 'child' as const,
        names: [workflow],
        match: null,
        deadlineMs: null,
        taskId: null,
        sinceMs,
      };
    });
    return [...events, ...sleeps, ...children];
  }

  /** Command ids whose timers are still wanted: open waits with a deadline, sleeps, tasks that may expire. */
  wantsTimer(commandId: string): boolean {
    if (this.#sleeps.has(commandId)) return true;
    const taskId = this.#taskOfCommand.get(commandId);
    if (taskId !== undefined) return this.#tasks.get(taskId)?.ended === false;
    for (const wait of this.#mailbox.waits) if (wait.commandId === commandId) return wait.deadlineMs !== null;
    return false;
  }

  /** The timers of open waits with a deadline, of sleeps, and of tasks that may expire. */
  get wantedTimers(): WantedTimer[] {
    const timers: WantedTimer[] = [];
    for (const { commandId, deadlineMs, taskId } of this.waits) {
      if (deadlineMs !== null) timers.push({ commandId, fireAtMs: deadlineMs, taskId });
    }
    for (const [commandId, taskId] of this.#taskOfCommand) {
      const task = this.#tasks.get(taskId);
      if (task && !task.ended && task.expiresAtMs !== null) {
        timers.push({ commandId, fireAtMs: task.expiresAtMs, taskId });
      }
    }
    return timers;
  }

  // Inputs

  #start(body: EntryBody<'execution_started'>): void {
    for (const [key, value] of Object.entries(body.initialData)) this.#data.set(key, encodeJson(value, key));
    const random = seededRandom(body.seed);
    this.#scope = {
      nowMs: () => this.#nowMs,
      random,
      withdraw: (promises) => this.#withdraw(promises),
    };
    const context = createContext(this.#host(body, random));
    const definition = this.#definition;
    const running = this.#sandbox.run(this.#scope, async () => definition.run(context));
    // Encoded within the chain: a result that the log cannot hold fails the execution like any other error of its code.
    void running
      .then((result) => decodeJson(encodeJson(result, 'The result')))
      .then(
        (result) => this.#finish({ type: 'complete', result }),
        (error: unknown) => {
          if (error instanceof NondeterminismError || error instanceof ForeignAwaitError) this.#broken ??= error;
          else {
            const failedCommand = this.#failedCommands.behind(error, this.#justFailed);
            this.#finish({ type: 'fail', error: recordError(error), failedCommand });
          }
        },
      );
  }

  #finish(command: Command): void {
    // Code that goes on after continueAsNew decides nothing any more.
    if (this.#finished) return;
    if (!this.#answering) return void this.#late('end');
    this.#finished = true;
    this.#commands.push(command);
  }

  /** Every open wait throws; where there is none, the next one does. */
  #cancel(decision: Decision): void {
    if (this.#cancellation) return;
    const cancellation = new Cancellation(decision);
    this.#cancellation = cancellation;
    const children = this.#children?.interrupt(() => cancellation.error()) ?? [];
    for (const commandId of children) this.#commands.push({ type: 'end_wait', commandId });
    const waits = [...this.#mailbox.waits];
    const sleeps = [...this.#sleeps];
    if (waits.length + sleeps.length + children.length > 0) this.#cancellation.delivered();
    for (const { commandId, deadlineMs, reject } of waits) {
      this.#mailbox.close(commandId);
      if (deadlineMs !== null) this.#commands.push({ type: 'drop_timer', commandId });
      this.#commands.push({ type: 'end_wait', commandId });
      reject(this.#cancellation.error());
    }
    for (const [commandId, { reject }] of sleeps) {
      this.#sleeps.delete(commandId);
      this.#commands.push({ type: 'drop_timer', commandId }, { type: 'end_wait', commandId });
      reject(this.#cancellation.error());
    }
  }

  #deliver(mail: Mail): void {
    if (this.#goesOn) return this.#mailbox.keep(mail);
    const wait = this.#mailbox.deliver(mail);
    if (wait) this.#endWait(wait, mail.event, false);
  }

  #endWait(wait: OpenWait, event: WorkflowEvent | null, byTimer: boolean): void {
    if (!byTimer && wait.deadlineMs !== null) this.#commands.push({ type: 'drop_timer', commandId: wait.commandId });
    this.#commands.push({ type: 'end_wait', commandId: wait.commandId });
    wait.receive(event === null ? null : copy(event));
  }

  #endTask(seq: number, end: TaskEnd, eventName: string, endedAt: string): void {
    const task = this.#tasks.get(end.taskId);
    if (task) {
      if (task.ended) return;
      task.ended = true;
    }
    this.#dropTaskTimer(end.taskId);
    if (commandOfUncertainActionEvent(eventName) !== null) return;
    const { taskId, status, outcome, output, by, formVersion } = end;
    this.#deliver({
      seq,
      taskId,
      viaBus: false,
      event: {
        name: eventName,
        type: 'task_ended',
        payload: { taskId, status, outcome, output, by, formVersion },
        user_id: by,
        event_id: taskId,
        timestamp: endedAt,
      },
    });
  }

  #fire(seq: number, commandId: string): void {
    const sleep = this.#sleeps.get(commandId);
    if (sleep) {
      this.#sleeps.delete(commandId);
      this.#commands.push({ type: 'end_wait', commandId });
      sleep.resolve();
      return;
    }
    const taskId = this.#taskOfCommand.get(commandId);
    if (taskId !== undefined) return this.#expireTask(seq, taskId);
    const wait = this.#mailbox.close(commandId);
    if (!wait) return;
    this.#endWait(wait, null, true);
    if (wait.taskId !== null) this.#expireTask(seq, wait.taskId);
  }

  #expireTask(seq: number, taskId: string): void {
    const task = this.#tasks.get(taskId);
    if (!task || task.ended) return;
    this.#commands.push({ type: 'expire_task', taskId });
    const end: TaskEnd = { taskId, status: 'expired', outcome: null, output: null, by: null, formVersion: null };
    this.#endTask(seq, end, task.completionEvent, new Date(this.#nowMs).toISOString());
  }

  #dropTaskTimer(taskId: string): void {
    for (const [commandId, id] of this.#taskOfCommand) {
      if (id === taskId) {
        this.#taskOfCommand.delete(commandId);
        this.#commands.push({ type: 'drop_timer', commandId });
      }
    }
  }

  #resolve(commandId: string, value: JsonValue): void {
    const pending = this.#pending.get(commandId);
    this.#pending.delete(commandId);
    if (!this.#isOfWithdrawn(commandId)) pending?.resolve(copy(value));
  }

  #reject(commandId: string, error: Error): void {
    this.#justFailed = commandId;
    this.#failedCommands.remember(error, commandId);
    const pending = this.#pending.get(commandId);
    this.#pending.delete(commandId);
    if (!this.#isOfWithdrawn(commandId)) pending?.reject(error);
  }

  #createTask(body: EntryBody<'task_created'>): void {
    const { taskId, completionEvent, warnings } = body;
    const expiresAtMs = body.expiresAt === null ? null : Date.parse(body.expiresAt);
    this.#tasks.set(taskId, { taskId, completionEvent, expiresAtMs, ended: false });
    if (body.expiresAt !== null) this.#taskOfCommand.set(body.commandId, taskId);
    this.#resolve(body.commandId, { taskId, completionEvent, warnings });
  }

  #recordWait(seq: number, body: EntryBody<'wait_started'>): void {
    this.#ledger.record(seq, { ...body, what: whatWait(body.names, body.match ?? null), argsHash: '' });
    for (const wait of this.#mailbox.waits) {
      if (wait.commandId === body.commandId)
        wait.deadlineMs = body.deadline === null ? null : Date.parse(body.deadline);
    }
  }

  #recordSleep(seq: number, body: EntryBody<'sleep_started'>): void {
    this.#ledger.record(seq, { ...body, what: 'sleep', argsHash: '' });
    const sleep = this.#sleeps.get(body.commandId);
    if (sleep) sleep.fireAtMs = Date.parse(body.fireAt);
  }

  // Commands

  #host(body: EntryBody<'execution_started'>, random: () => number): ContextHost {
    return {
      executionId: body.logicalExecutionId,
      tenant: this.#identity.tenant,
      trigger: body.trigger,
      initialData: body.initialData,
      nowMs: () => this.#nowMs,
      uuid: () => uuidFrom(random),
      state: () => this.#state,
      data: (key) => this.#data.get(key),
      setState: (state) => {
        if (state === this.#state || this.#isOver()) return;
        const ref = this.#issue('setState', `state ${state}`, '', true);
        this.#state = state;
        this.#commands.push({ type: 'set_state', ...ref, state });
      },
      setData: (key, text) => {
        if (this.#isOver()) return;
        const ref = this.#issue('data.set', `data ${key}`, hashText(text), true);
        this.#data.set(key, text);
        this.#commands.push({ type: 'set_data', ...ref, key, value: decodeJson(text) });
      },
      log: (level, message, data) => {
        if (this.#isOver()) return;
        this.#mustBeAnswering('logger');
        this.#logsIssued += 1;
        this.#commands.push({ type: 'log', level, message, data });
      },
      action: (name, argsText) => {
        if (this.#isOver()) return never();
        const argsHash = hashText(argsText);
        const ref = this.#issue(name, `action ${name}`, argsHash, false);
        this.#commands.push({ type: 'action', ...ref, name, args: decodeJson(argsText), argsHash });
        return this.#promise(ref.commandId);
      },
      createTask: (requestText) => {
        if (this.#isOver()) return never();
        const argsHash = hashText(requestText);
        const ref = this.#issue('createHumanTask', 'create a human task', argsHash, false);
        const request = JSON.parse(requestText) as Extract<Command, { type: 'create_task' }>['request'];
        this.#commands.push({ type: 'create_task', ...ref, request, argsHash });
        return this.#promise(ref.commandId);
      },
      parent: body.parent ?? null,
      startChild: (request, argsText) => {
        if (this.#isOver()) return { commandId: '', childExecutionId: '' };
        const argsHash = hashText(argsText);
        const ref = this.#issue('startChild', `start child ${request.workflow}`, argsHash, true);
        const { commandId } = ref;
        const { executionId } = this.#identity;
        const childExecutionId =
          body.fork?.children[commandId] ?? derivedId(this.#nowMs, `${executionId}:${commandId}`);
        this.#children ??= new Children();
        this.#children.add({ ...request, commandId, childExecutionId });
        this.#commands.push({ type: 'start_child', ...ref, ...request, childExecutionId, argsHash });
        return { commandId, childExecutionId };
      },
      childResult: (commandId) => {
        if (this.#isOver()) return never();
        if (this.#cancellation?.isDue) return this.#cancellation.refuse();
        this.#children ??= new Children();
        const result = this.#children.result(commandId, this.#nowMs, (wait) => {
          this.#commands.push({ type: 'await_child', wait });
        });
        return this.#branch()?.unlessWithdrawn(result) ?? result;
      },
      continueAsNew: (dataText) => {
        if (this.#isOver()) return never();
        this.#mustBeAnswering('continueAsNew');
        const data = dataText === null ? this.data : (decodeJson(dataText) as JsonObject);
        this.#goesOn ||= !this.#finished;
        this.#finish({ type: 'continue_as_new', data });
        return new Promise<never>(() => undefined);
      },
      waitFor: (names, timeoutMs, match) => (this.#isOver() ? never() : this.#waitFor(names, timeoutMs, match)),
      sleepUntil: (fireAtMs) => (this.#isOver() ? never() : this.#sleepUntil(fireAtMs)),
      patched: (patchId) => this.#patched(patchId),
      deprecatePatch: (patchId) => {
        if (this.#past?.patchAt(this.#ledger.nextN) === patchId) this.#mark(patchId);
      },
      currentBranch: () => this.#branch() ?? (this.#root ??= new Branch('', null)),
      runIn: (branch, code) => (this.#scope ? this.#sandbox.run({ ...this.#scope, branch }, code) : code()),
      withdraw: (branches, promises) => {
        for (const branch of branches) branch.withdraw();
        this.#withdraw(promises);
        this.#withdrawBranches();
      },
    };
  }

  #issue(name: string, what: string, argsHash: string, recordedAtOnce: boolean): IssuedCommand {
    this.#mustBeAnswering(what);
    const branch = this.#branch();
    const issued = this.#ledger.issue(branch ? branch.prefix + name : name, { what, argsHash, recordedAtOnce });
    if (branch) (this.#branchOfCommand ??= new Map()).set(issued.commandId, branch);
    return issued;
  }

  #branch(): Branch | null {
    return this.#root === null ? null : (this.#sandbox.current()?.branch ?? null);
  }

  /** The code belongs to a branch that lost its race: it goes no further. */
  #isOver(): boolean {
    return this.#branch()?.isWithdrawn === true;
  }

  #isOfWithdrawn(commandId: string): boolean {
    return this.#branchOfCommand?.get(commandId)?.isWithdrawn === true;
  }

  #withdrawBranches(): void {
    for (const { commandId } of [...this.#mailbox.waits])
      if (this.#isOfWithdrawn(commandId)) this.#closeWait(commandId);
    for (const commandId of [...this.#sleeps.keys()]) if (this.#isOfWithdrawn(commandId)) this.#closeWait(commandId);
  }

  #patched(patchId: string): boolean {
    if (this.#patches.has(patchId)) return true;
    if (this.#isOver()) return false;
    const n = this.#ledger.nextN;
    if (this.#past && this.#past.patchAt(n) !== patchId && this.#past.reaches(n)) return false;
    this.#mark(patchId);
    return true;
  }

  #mark(patchId: string): void {
    const ref = this.#issue(`patched:${patchId}`, `patch ${patchId}`, '', true);
    this.#patches.add(patchId);
    this.#commands.push({ type: 'patch', ...ref, patchId });
  }

  /** Code that goes on by itself, without an entry that woke it, cannot be brought back by replay. */
  #mustBeAnswering(what: string): void {
    if (this.#answering) return;
    throw this.#late(what);
  }

  #late(what: string): Error {
    if (this.#broken) return this.#broken;
    this.#broken = new ForeignAwaitError(
      `Workflow ${this.#definition.name} did "${what}" after awaiting something that is not in its log. ` +
        `Move the awaited call into an action, or use context.sleep and events.waitFor.`,
      { withStack: true },
    );
    this.onLateCode?.(this.#broken);
    return this.#broken;
  }

  #promise(commandId: string): Promise<unknown> {
    const promise = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(commandId, { resolve, reject });
    });
    // An action that nobody awaits may fail without ending the process.
    promise.catch(() => undefined);
    return promise;
  }

  #waitFor(names: readonly string[], timeoutMs: number | null, match: Match | null): Promise<WorkflowEvent | null> {
    if (this.#cancellation?.isDue) return this.#cancellation.refuse();
    const ref = this.#issue('waitFor', whatWait(names, match), '', true);
    const taskId = this.#taskAwaited(names);
    const mail = this.#mailbox.take({ names, match });
    const deadlineMs = mail || timeoutMs === null ? null : this.#nowMs + timeoutMs;
    this.#commands.push({ type: 'wait', ...ref, names, match, deadlineMs, taskId, satisfiedBy: mail?.seq ?? null });
    if (mail) return Promise.resolve(copy(mail.event));
    const promise = new Promise<WorkflowEvent | null>((receive, reject) => {
      const { commandId } = ref;
      this.#mailbox.open({ commandId, names, match, taskId, deadlineMs, sinceMs: this.#nowMs, receive, reject });
    });
    promise.catch(() => undefined);
    this.#waitOfPromise.set(promise, ref.commandId);
    return promise;
  }

  /** The newest open task whose end one of the names tells of. */
  #taskAwaited(names: readonly string[]): string | null {
    let found: string | null = null;
    for (const { taskId, completionEvent, ended } of this.#tasks.values()) {
      const awaited = names.some(
        (name) => name === completionEvent || name === defaultCompletionEvent(taskId) || name.endsWith(`_${taskId}`),
      );
      if (!ended && awaited) found = taskId;
    }
    return found;
  }

  #sleepUntil(fireAtMs: number): Promise<void> {
    if (this.#cancellation?.isDue) return this.#cancellation.refuse();
    const ref = this.#issue('sleep', 'sleep', '', true);
    this.#commands.push({ type: 'sleep', ...ref, fireAtMs });
    const promise = new Promise<void>((resolve, reject) => {
      this.#sleeps.set(ref.commandId, { resolve, reject, fireAtMs, sinceMs: this.#nowMs });
    });
    promise.catch(() => undefined);
    this.#waitOfPromise.set(promise, ref.commandId);
    return promise;
  }

  #withdraw(promises: Iterable<unknown>): void {
    for (const promise of promises) {
      const commandId = typeof promise === 'object' && promise !== null ? this.#waitOfPromise.get(promise) : undefined;
      if (commandId === undefined) continue;
      this.#closeWait(commandId);
    }
  }

  #closeWait(commandId: string): void {
    const wait = this.#mailbox.close(commandId);
    const slept = this.#sleeps.delete(commandId);
    if ((wait && wait.deadlineMs !== null) || slept) this.#commands.push({ type: 'drop_timer', commandId });
    if (wait || slept) this.#commands.push({ type: 'end_wait', commandId });
  }
}

/** What a call answers in code that shall go no further. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A wait in words, which are the same in every run of the code. */
function whatWait(names: readonly string[], match: Match | null): string {
  const events = `wait for ${names.join(' or ')}`;
  return match === null ? events : `${events} where ${describeMatch(match)}`;
}

/** Live code receives what replay would: values decoded from the bytes that the log holds. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value ?? null)) as T;
}
