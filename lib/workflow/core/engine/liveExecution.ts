/**
 * One execution in the memory of its owner: the running code, and what it did that is not committed yet. It does no
 * I/O; the engine takes, flushes and starts actions for it.
 */
import type { Command, CommandOf } from '../../model/commands';
import { isDecision, stepTimer, type EntryBody, type HistoryEntry, type NewEntry } from '../../model/history';
import type { JsonObject } from '../../model/json';
import type { LimitName } from '../../model/limits';
import { partitionCount } from '../../model/partitions';
import type { FlushRelations, Successor } from '../../model/ports/relations';
import type { ActionCall, RecordedOutcome } from '../../model/ports/actions';
import type { ExecutionFlush, ForkedTask, LoadedExecution, StoredActionResult, WaitRow } from '../../model/ports/store';
import type { PreparedTask, TaskToPrepare } from '../../model/ports/tasks';
import { standingOf, undecided } from '../../model/standing';
import type { ExecutionStatus } from '../../model/status';
import type { WorkflowInstance } from '../../replay/instance';
import { DeferredActions } from './deferredActions';
import { endOf } from './ends';
import { forkedTasksOf } from './forkedTasks';
import { PendingChanges } from './pendingChanges';
import { childStart, relationsAtEnd, successorOf, type Relative } from './relations';

type ActionCommand = CommandOf<'action'>;
type TaskCommand = CommandOf<'create_task'>;
type EndCommand = CommandOf<'complete'> | CommandOf<'fail'> | CommandOf<'continue_as_new'>;

export class LiveExecution {
  readonly executionId: string;
  readonly partitionId: number;
  readonly tenant: string;
  readonly workflowName: string;
  /** Length of the committed log. */
  head: number;
  /** Set when this copy is not the truth any more; whatever still arrives for it is ignored. */
  dropped = false;
  readonly #loaded: Pick<LoadedExecution, 'correlationId' | 'startedBy' | 'subject'>;
  readonly #started: EntryBody<'execution_started'> | null;
  readonly #hasEndedBefore: boolean;
  /** null: there is none. */
  readonly #unlogged: ReadonlyMap<string, StoredActionResult> | null;
  readonly #nowMs: () => number;
  /** For a fork: the tasks that its log took over. */
  readonly #forkedTasks: ReadonlyMap<string, ForkedTask> | null;
  #pending = new PendingChanges();
  #flushing: PendingChanges | null = null;
  #lastAt: number;
  /** Entries appended and handed to the code before their commit. */
  #settledAhead = 0;
  #storedStatus: ExecutionStatus;
  #timerRows: Set<string>;
  #waitRows: Set<string>;
  #outcomes: { readonly command: ActionCommand; readonly outcome: RecordedOutcome }[] = [];
  #startable: ActionCommand[] = [];
  #toPrepare: TaskCommand[] = [];
  readonly #running = new Set<string>();
  /** Calls that were started to be ended, since the execution is canceled. */
  #cut: Set<string> | null = null;
  #undoing: Set<string> | null = null;
  /** Begun, with an outcome that comes later through the inbox. */
  readonly #deferred = new DeferredActions();
  /** What the code ended with. */
  #result: EndCommand | null = null;
  /** The end, once it has its place in the log. */
  #end: NonNullable<ExecutionFlush['end']> | null = null;
  #standing = undecided;
  /** A request to cancel is in the log, also if the code ended before it could be told. */
  #cancelTaken = false;
  #successor: Omit<Successor, 'mail'> | null = null;
  #unfed: NewEntry[] = [];
  /** Calls of children whose end is in the log, and was not given to the code. */
  #endedBehind: Set<string> | null = null;
  #announced = false;

  constructor(
    loaded: LoadedExecution,
    readonly instance: WorkflowInstance,
    nowMs: () => number,
    private readonly partitions: number = partitionCount,
  ) {
    const [first] = loaded.history;
    this.#started = first?.kind === 'execution_started' ? first.body : null;
    this.#hasEndedBefore = loaded.history.some(hasFailed);
    this.executionId = loaded.executionId;
    this.partitionId = loaded.partitionId;
    this.tenant = loaded.tenant;
    this.workflowName = loaded.workflowName;
    this.head = loaded.history.length;
    // Not the log: the replay has used it up, and thousands are kept.
    const { correlationId, startedBy, subject } = loaded;
    this.#loaded = { correlationId, startedBy, subject };
    const { unlogged } = loaded;
    this.#unlogged = unlogged.length === 0 ? null : new Map(unlogged.map((result) => [result.commandId, result]));
    this.#nowMs = nowMs;
    this.#forkedTasks = this.#started?.fork ? forkedTasksOf(this.executionId, loaded.history) : null;
    this.#lastAt = loaded.history.at(-1)?.at ?? 0;
    this.#storedStatus = loaded.status;
    this.#timerRows = new Set(loaded.timers);
    this.#waitRows = new Set(loaded.waits);
  }

  /** The stamp that the next entry gets: never before the one before it. */
  stamp(): number {
    this.#lastAt = Math.max(this.#lastAt, this.#nowMs());
    return this.#lastAt;
  }

  /** Takes over what replay found: commands without entries, and rows that a lost flush would have removed. */
  resume(
    commands: readonly Command[],
    closingTasks: readonly string[],
    options: { readonly restoresRows: boolean } = { restoresRows: false },
  ): void {
    this.absorb(commands.filter(({ type }) => !rowChanges.has(type)));
    if (options.restoresRows || commands.some(({ type }) => type === 'wait_again')) this.#restoreRows();
    const { waits } = this.instance;
    const wanted = new Set(waits.map((wait) => wait.commandId));
    // That a child is awaited has no entry of its own: its row may be missing.
    for (const wait of waits) if (wait.kind === 'child' && !this.#waitRows.has(wait.commandId)) this.#addWait(wait);
    for (const commandId of [...this.#timerRows]) {
      if (!this.instance.wantsTimer(commandId)) this.#dropTimer(commandId);
    }
    for (const commandId of [...this.#waitRows]) if (!wanted.has(commandId)) this.#endWait(commandId);
    for (const taskId of closingTasks) {
      const end = this.instance.endOfTask(taskId);
      if (end) this.#pending.endTask(this.#taskRow(taskId), end);
    }
  }

  /** Rows of waits and timers that a failure removed, and that are open again once it is undone; a fork has none yet. */
  #restoreRows(): void {
    const { waits, wantedTimers } = this.instance;
    const missing = waits.filter(({ commandId }) => !this.#waitRows.has(commandId));
    const timers = wantedTimers.filter(({ commandId }) => !this.#timerRows.has(commandId));
    if (missing.length + timers.length === 0) return;
    this.#pending.restored();
    for (const wait of missing) this.#addWait(wait);
    for (const { commandId, fireAtMs, taskId } of timers) this.#addTimer(commandId, fireAtMs, taskId);
  }

  /** Open tasks by the ids of their rows. */
  get openTaskRows(): string[] {
    return this.instance.openTasks.map((taskId) => this.#taskRow(taskId));
  }

  /** Open tasks of a fork that its log took over. */
  get forkedTasks(): readonly ForkedTask[] {
    return this.#forkedTasks
      ? this.instance.openTasks.flatMap((taskId) => this.#forkedTasks?.get(taskId) ?? [])
      : nothing;
  }

  // Decisions

  /** The code gets nothing any more, from this copy: it may be behind the log from here on. */
  get isHeld(): boolean {
    return this.isPaused || this.isTerminating;
  }

  get isPaused(): boolean {
    return this.#standing.isPaused && !this.isTerminating;
  }

  get isTerminating(): boolean {
    return this.#standing.termination !== null;
  }

  get hasRunning(): boolean {
    return this.#running.size > 0;
  }

  /** Heeds what was decided in these entries. What the code asked for and was not begun does not begin any more. */
  heed(entries: readonly HistoryEntry[]): void {
    this.#standing = standingOf(entries, this.#standing);
    if (!this.isHeld) return;
    this.#startable = [];
    this.#toPrepare = [];
    this.#appendEnd();
  }

  /** Entries that a take committed. */
  taken(entries: readonly HistoryEntry[]): void {
    this.head += entries.length;
    this.#lastAt = Math.max(this.#lastAt, entries.at(-1)?.at ?? 0);
    if (entries.length > 0) this.#storedStatus = 'running';
    for (const entry of entries) {
      if (entry.kind === 'cancel_requested') this.#cancelTaken = true;
      else if (entry.kind === 'timer_fired') this.#timerRows.delete(entry.body.commandId);
      else if (isOutcome(entry)) this.#outcomeTaken(entry.body.commandId);
      else if (entry.kind === 'task_ended') {
        const again = this.#deferred.answered(entry.body.eventName);
        if (again) this.#startable.push(again);
      }
    }
  }

  /** The engine warns in the execution's own log. */
  noteLimit(limit: LimitName, message: string, data: JsonObject): void {
    this.#append({ kind: 'log_written', body: { level: 'warn', message, data, limit } });
    this.instance.warned(limit);
  }

  /** Turns commands into entries, rows and work. */
  absorb(commands: readonly Command[]): void {
    for (const command of commands) this.#absorb(command);
    this.#appendEnd();
  }

  // Actions

  /** Actions that may start: all that the code has seen is committed. */
  takeStartable(): readonly { readonly command: ActionCommand; readonly call: ActionCall }[] {
    if (this.#settledAhead > 0 || this.#startable.length === 0) return nothing;
    const commands = this.#startable;
    this.#startable = [];
    return commands.map((command) => {
      this.#running.add(command.commandId);
      const isCanceled = this.#isCutByCancel(command);
      if (isCanceled) (this.#cut ??= new Set()).add(command.commandId);
      const { executionId, partitionId, tenant, workflowName } = this;
      const { commandId, n, name, args, argsHash } = command;
      const earlier = this.#unlogged?.get(commandId);
      const call = {
        tenant,
        executionId,
        partitionId,
        workflowName,
        correlationId: this.#loaded.correlationId,
        commandId,
        name,
        args,
        n,
        argsHash,
        attemptsBefore: earlier?.attempts ?? 0,
        isCanceled,
      };
      // No attempt counts any more where a retry of the execution set it back.
      if (!earlier || earlier.attempts === 0) return { command, call };
      const { startedAtMs: firstStartedAtMs, nextAttemptAtMs } = earlier;
      return { command, call: { ...call, firstStartedAtMs, nextAttemptAtMs } };
    });
  }

  /**
   * The execution was canceled. What a person is asked about, and jobs, are started once more, to be ended: what is
   * under way in this process is cut short by itself.
   */
  cutDeferred(): void {
    if (this.#deferred.size > 0 && !this.isHeld) this.#startable.push(...this.#deferred.takeCut());
  }

  /** Actions that a cancel leaves alone; null: there are none. */
  get undoing(): ReadonlySet<string> | null {
    return this.#undoing;
  }

  /** What takes back an effect is carried through. */
  #isCutByCancel({ n, isUndo }: ActionCommand): boolean {
    return !isUndo && this.instance.isCutByCancel(n);
  }

  /** A job is done. Its execution may have come back to memory just now, about to hand the job over once more. */
  #outcomeTaken(commandId: string): void {
    this.#deferred.settled(commandId);
    this.#startable = this.#startable.filter((command) => command.commandId !== commandId);
  }

  /** Its outcome comes later: nothing of it is under way here. */
  actionDeferred(command: ActionCommand): void {
    this.#running.delete(command.commandId);
    const isToBeCut = this.#isCutByCancel(command) && this.#cut?.has(command.commandId) !== true;
    const again = isToBeCut ? command : this.#deferred.add(command);
    if (again && !this.isHeld) this.#startable.push(again);
    if (this.isTerminating) this.#appendEnd();
  }

  actionEnded(command: ActionCommand, outcome: RecordedOutcome): void {
    this.#running.delete(command.commandId);
    this.#outcomes.push({ command, outcome });
  }

  /** Gives queued outcomes their places in the log. Only while no statement of this execution is under way. */
  appendOutcomes(): void {
    if (this.#outcomes.length === 0) return;
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    for (const { command, outcome } of outcomes) {
      const { commandId, n, name, argsHash } = command;
      const ref = { commandId, n, name, argsHash };
      if (outcome.status === 'completed')
        this.#append({ kind: 'action_completed', body: { ...ref, result: outcome.result } });
      else this.#append({ kind: 'action_failed', body: { ...ref, error: outcome.error } });
      if (!outcome.stored) this.#pending.results.push({ commandId, actionName: name, outcome });
    }
  }

  // Tasks

  takeTasksToPrepare(): readonly { readonly command: TaskCommand; readonly request: TaskToPrepare }[] {
    if (this.#toPrepare.length === 0) return nothing;
    const commands = this.#toPrepare;
    this.#toPrepare = [];
    const { tenant, executionId } = this;
    const { startedBy: requestedBy, subject } = this.#loaded;
    return commands.map((command) => {
      const { request } = command;
      return { command, request: { tenant, executionId, request, requestedBy, subject, nowMs: this.stamp() } };
    });
  }

  /**
   * Logs a task's creation and gives back the entry, to be fed at once: the task, what waits for it and its timers are
   * then one commit. Nothing outside starts before that commit.
   */
  taskPrepared(command: TaskCommand, prepared: PreparedTask): HistoryEntry {
    const { commandId, n, argsHash } = command;
    const ref = { commandId, n, argsHash };
    this.#settledAhead += 1;
    if (!prepared.ok) return this.#append({ kind: 'task_refused', body: { ...ref, error: prepared.error } });
    const { created, row } = prepared;
    const entry = this.#append({ kind: 'task_created', body: { ...ref, ...created } });
    this.#pending.addTask({ commandId, createdAtMs: entry.at, status: 'pending', row });
    if (row.expiresAtMs !== null) this.#addTimer(commandId, row.expiresAtMs, row.taskId);
    // Without the task's id: such a timer does not close it.
    for (const [place, { at }] of (created.steps ?? []).entries()) {
      this.#addTimer(stepTimer(commandId, place), Date.parse(at), null);
    }
    return entry;
  }

  // Flushing

  get needsFlush(): boolean {
    return this.#outcomes.length > 0 || !this.#pending.empty || this.#statusNeedsFlush;
  }

  /** That a new execution is at work is not worth a commit of its own, unless somebody noticed. */
  get #statusNeedsFlush(): boolean {
    const status = this.#status();
    if (status === this.#storedStatus) return false;
    return this.#announced || !(this.#storedStatus === 'pending' && status === 'running');
  }

  /** The row still says that the execution never ran: say otherwise in the next flush. */
  announce(): void {
    this.#announced = true;
  }

  /** Events are not taken for an execution that the store holds as blocked. */
  get blocked(): boolean {
    return this.#storedStatus === 'blocked_on_code';
  }

  /** A statement that writes it is under way. */
  get flushing(): boolean {
    return this.#flushing !== null;
  }

  /** New entries may get places in the log: none of its own is without a commit. */
  get mayTake(): boolean {
    if (this.blocked || this.dropped || this.isTerminating) return false;
    return this.#flushing === null && this.#pending.entries.length === 0;
  }

  /** None that could fire: its owner alone sets them. */
  get isWithoutTimers(): boolean {
    return this.#timerRows.size === 0;
  }

  /** Nothing under way and nothing to write: the copy may leave memory. */
  get parked(): boolean {
    return this.#running.size === 0 && this.#startable.length === 0 && !this.flushing && !this.needsFlush;
  }

  /** What the code is not given any more: children that ended need no closing, the rest counts for the run that takes over. */
  passOver(entries: readonly HistoryEntry[]): void {
    for (const { kind, body } of entries) {
      if (kind === 'child_ended') (this.#endedBehind ??= new Set()).add(body.commandId);
      if (!this.#successor) continue;
      // One of these kinds with its own body: the compiler does not follow the pair.
      if (kind === 'event_received' || isDecision(kind)) this.#unfed.push({ kind, body } as NewEntry);
    }
  }

  get ended(): boolean {
    return this.#end !== null;
  }

  beginFlush(): ExecutionFlush {
    this.appendOutcomes();
    this.#appendEnd();
    const pending = this.#pending;
    const end = this.#end;
    if (end) {
      pending.cancelTasks();
      for (const commandId of [...this.#timerRows]) this.#dropTimer(commandId);
      for (const commandId of [...this.#waitRows]) this.#endWait(commandId);
    }
    this.#flushing = pending;
    this.#pending = new PendingChanges();
    const { timersAdded, timersDropped, waitsAdded, waitsEnded, tasksAdded, tasksChanged } = pending.projections;
    return {
      executionId: this.executionId,
      partitionId: this.partitionId,
      tenant: this.tenant,
      expectedHead: this.head,
      status: this.#flushedStatus(pending),
      state: this.instance.state,
      end,
      blockedBy: null,
      entries: pending.entries,
      results: pending.results,
      timersAdded,
      timersDropped,
      waitsAdded,
      waitsEnded,
      tasksAdded,
      tasksChanged,
      // What was about to ask a person when it was cut short may have asked.
      cancelOpenTasks:
        end !== null &&
        (this.instance.hasOpenTasks ||
          this.#deferred.size > 0 ||
          end.status === 'terminated' ||
          end.status === 'canceled'),
      relations: this.#relations(pending, end),
      atMs: this.#lastAt,
    };
  }

  /** The flush is committed. Gives back the entries that were not fed yet. */
  committed(flush: ExecutionFlush): HistoryEntry[] {
    this.#flushing = null;
    this.head += flush.entries.length;
    this.#storedStatus = flush.status;
    this.#settledAhead = 0;
    return flush.entries.filter((entry) => entry.kind !== 'task_created' && entry.kind !== 'task_refused');
  }

  #flushedStatus(pending: PendingChanges): ExecutionStatus {
    // An outcome that the code has not seen yet: whoever takes over must go on.
    if (this.#end || this.isPaused) return this.#status();
    return pending.entries.some(isOutcome) ? 'running' : this.#status();
  }

  #status(): ExecutionStatus {
    if (this.#end) return this.#end.status;
    if (this.isPaused) return 'paused';
    if (this.isTerminating) return 'running';
    const busy = this.#running.size + this.#startable.length + this.#outcomes.length + this.#toPrepare.length > 0;
    if (busy) return 'running';
    return this.instance.finished ? 'running' : 'waiting';
  }

  #absorb(command: Command): void {
    switch (command.type) {
      case 'set_state': {
        const { commandId, n, state } = command;
        this.#append({ kind: 'state_changed', body: { commandId, n, state } });
        return;
      }
      case 'set_data': {
        const { commandId, n, key, value } = command;
        this.#append({ kind: 'data_set', body: { commandId, n, key, value } });
        return;
      }
      case 'log': {
        const { level, message, data } = command;
        this.#append({ kind: 'log_written', body: { level, message, data } });
        return;
      }
      case 'wait':
        return this.#startWait(command);
      case 'patch': {
        const { commandId, n, patchId } = command;
        // What it guards begins once the mark is committed: nothing else would tell the next owner which way was taken.
        this.#settledAhead += 1;
        this.#append({ kind: 'patch_marked', body: { commandId, n, patchId } });
        return;
      }
      case 'sleep':
        return this.#startSleep(command);
      case 'drop_timer':
        return this.#dropTimer(command.commandId);
      case 'end_wait':
        // It may have been taken already, and come back since with a wait that is used again.
        this.#dropTimer(command.commandId);
        return this.#endWait(command.commandId);
      case 'wait_again':
        return this.#waitAgain(command.commandId);
      case 'end_task':
        return this.#pending.endTask(this.#taskRow(command.taskId), command.end);
      case 'step_task':
        return this.#stepTask(command);
      case 'create_task':
        this.#toPrepare.push(command);
        return;
      case 'action': {
        if (command.isUndo) (this.#undoing ??= new Set()).add(command.commandId);
        const known = this.#unlogged?.get(command.commandId)?.outcome;
        if (known) this.#outcomes.push({ command, outcome: known });
        else this.#startable.push(command);
        return;
      }
      case 'start_child':
        return this.#startChild(command);
      case 'await_child':
        return this.#addWait(childWaitRow(command.wait));
      case 'complete':
      case 'fail':
      case 'continue_as_new':
        this.#result = command;
        return;
    }
  }

  #startWait(command: CommandOf<'wait'>): void {
    const { commandId, n, names, match, deadlineMs, taskId, satisfiedBy } = command;
    const deadline = deadlineMs === null ? null : new Date(deadlineMs).toISOString();
    const body = { commandId, n, names, deadline, taskId, satisfiedBy };
    this.#append({ kind: 'wait_started', body: match === null ? body : { ...body, match } });
    if (satisfiedBy !== null) return;
    const kind = taskId === null ? 'event' : 'task';
    this.#addWait({ commandId, kind, names, match, deadlineMs, taskId, sinceMs: this.#lastAt });
    if (deadlineMs !== null) this.#addTimer(commandId, deadlineMs, taskId);
  }

  #startSleep({ commandId, n, fireAtMs }: CommandOf<'sleep'>): void {
    this.#append({ kind: 'sleep_started', body: { commandId, n, fireAt: new Date(fireAtMs).toISOString() } });
    this.#addWait({
      commandId,
      kind: 'timer',
      names: [],
      match: null,
      deadlineMs: fireAtMs,
      taskId: null,
      sinceMs: this.#lastAt,
    });
    this.#addTimer(commandId, fireAtMs, null);
  }

  #waitAgain(commandId: string): void {
    const wait = this.instance.waits.find((open) => open.commandId === commandId);
    if (!wait || this.#waitRows.has(commandId)) return;
    this.#pending.restored();
    this.#addWait(wait);
    if (wait.deadlineMs !== null) this.#addTimer(commandId, wait.deadlineMs, wait.taskId);
  }

  #stepTask({ taskId, commandId, step }: CommandOf<'step_task'>): void {
    const { kind, roles, users } = step;
    if (kind === 'reminder') this.#append({ kind: 'task_reminded', body: { taskId, commandId } });
    else this.#append({ kind: 'task_escalated', body: { taskId, commandId, roles, users } });
    this.#pending.stepTask(this.#taskRow(taskId), step);
  }

  #startChild(command: CommandOf<'start_child'>): void {
    const { commandId, n, workflow, childExecutionId, parentClosePolicy, argsHash } = command;
    const relative = this.#relative();
    if (!relative) return;
    const child = childStart(relative, command, this.stamp());
    const { partitionId } = child;
    const body = { commandId, n, workflow, childExecutionId, partitionId, parentClosePolicy, argsHash };
    this.#append({ kind: 'child_started', body });
    this.#pending.childrenStarted.push(child);
  }

  #relations(pending: PendingChanges, end: ExecutionFlush['end']): FlushRelations | null {
    const { childrenStarted } = pending;
    if (!end) {
      if (childrenStarted.length === 0) return null;
      return { childrenStarted, parentTold: null, childrenClosed: [], successor: null };
    }
    const relative = this.#relative();
    if (!relative) return null;
    const open = this.instance.openChildren.filter(({ commandId }) => !this.#endedBehind?.has(commandId));
    // Asked for last: what came after the code decided to go on goes along too.
    const successor = this.#successor && { ...this.#successor, mail: this.#mail() };
    return relationsAtEnd(relative, { end, open, childrenStarted, successor });
  }

  #mail(): NewEntry[] {
    const unread = this.instance.unread.map(({ event, viaBus }): NewEntry => ({
      kind: 'event_received',
      body: viaBus ? { event, viaBus } : { event },
    }));
    return [...unread, ...this.#unfed];
  }

  #relative(): Relative | null {
    const { executionId, partitionId, tenant, partitions } = this;
    const hasEndedBefore = this.#hasEndedBefore;
    return this.#started && { executionId, partitionId, tenant, partitions, hasEndedBefore, started: this.#started };
  }

  #taskRow(taskId: string): string {
    return this.#forkedTasks?.get(taskId)?.taskId ?? taskId;
  }

  #addWait(wait: WaitRow): void {
    this.#waitRows.add(wait.commandId);
    const { taskId } = wait;
    this.#pending.addWait(taskId !== null && this.#forkedTasks ? { ...wait, taskId: this.#taskRow(taskId) } : wait);
  }

  #endWait(commandId: string): void {
    if (this.#waitRows.delete(commandId)) this.#pending.endWait(commandId);
  }

  #addTimer(commandId: string, fireAtMs: number, taskId: string | null): void {
    this.#timerRows.add(commandId);
    this.#pending.addTimer({ commandId, fireAtMs, taskId: taskId === null ? null : this.#taskRow(taskId) });
  }

  #dropTimer(commandId: string): void {
    if (this.#timerRows.delete(commandId)) this.#pending.dropTimer(commandId);
  }

  /** The end is logged once every action that was started has its outcome in the log. */
  #appendEnd(): void {
    if (this.#end || this.isPaused || (!this.#result && !this.isTerminating)) return;
    if (this.#running.size + this.#startable.length + this.#outcomes.length + this.#toPrepare.length > 0) return;
    // A person who is asked what became of a call does not keep it from being terminated.
    if (this.#deferred.size > 0 && !this.isTerminating) return;
    const { termination } = this.#standing;
    const isCanceled = this.#cancelTaken || this.instance.isCanceled;
    if (this.#result?.type === 'continue_as_new' && !termination && !isCanceled)
      return this.#continueAsNew(this.#result);
    const { entry, end } = endOf({ result: this.#result, termination, isCanceled });
    this.#end = end;
    this.#append(entry);
  }

  #continueAsNew({ data }: CommandOf<'continue_as_new'>): void {
    const relative = this.#relative();
    if (!relative) return;
    this.#successor = successorOf(relative, { data, atMs: this.stamp() });
    this.#end = { status: 'continued_as_new', result: null, error: null };
    this.#append({ kind: 'execution_continued', body: { successorId: this.#successor.executionId } });
  }

  #append(entry: NewEntry): HistoryEntry {
    const waiting = this.#flushing?.entries.length ?? 0;
    const seq = this.head + waiting + this.#pending.entries.length + 1;
    // The pair of one entry: the compiler does not follow it, and a spread takes longer than all the rest.
    const placed = { seq, at: this.stamp(), kind: entry.kind, body: entry.body } as HistoryEntry;
    this.#pending.entries.push(placed);
    return placed;
  }
}

/** Of these a replay tells all that ever were: the rows are compared instead. */
const rowChanges: ReadonlySet<Command['type']> = new Set(['drop_timer', 'end_wait', 'wait_again', 'end_task']);

/** One list for all that have nothing: it is asked for in every round. */
const nothing: readonly never[] = [];

function childWaitRow({ commandId, workflow, sinceMs }: CommandOf<'await_child'>['wait']): WaitRow {
  return { commandId, kind: 'child', names: [workflow], match: null, deadlineMs: null, taskId: null, sinceMs };
}

const hasFailed = (entry: HistoryEntry): boolean => entry.kind === 'execution_failed';

type OutcomeEntry = Extract<HistoryEntry, { readonly kind: 'action_completed' | 'action_failed' }>;
const isOutcome = (entry: HistoryEntry): entry is OutcomeEntry =>
  entry.kind === 'action_completed' || entry.kind === 'action_failed';
