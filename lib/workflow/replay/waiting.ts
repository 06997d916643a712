/**
 * What the code waits for besides its actions: events, ends of tasks, timers and children. Decides which entry ends
 * which wait, in the order of the log.
 */
import type { Command, TaskEnding } from '../model/commands';
import { commandOfUncertainActionEvent, type TaskEnd, type WorkflowEvent } from '../model/events';
import type { Decision, EntryBody } from '../model/history';
import { describeMatch, type Match } from '../model/match';
import { Cancellation } from './cancellation';
import { Children, type NewChild } from './children';
import { KnownTasks } from './knownTasks';
import { Mailbox, type Mail, type OpenWait } from './mailbox';
import { onNextUse } from './nextUse';
import { ignore, type OpenCalls } from './openCalls';
import type { CodeTurn } from './codeTurn';
import { viewsOf, type WaitView } from './waitViews';

export interface WantedTimer {
  readonly commandId: string;
  readonly fireAtMs: number;
  readonly taskId: string | null;
}

const nothing: readonly never[] = [];

interface OpenSleep {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  fireAtMs: number;
  readonly sinceMs: number;
  /** What the code holds. */
  promise: Promise<unknown> | null;
}

export class Waiting {
  /** Another run takes over: what arrives now is for that one, whatever this one still waits for. */
  goesOn = false;
  readonly #turn: CodeTurn;
  readonly #calls: OpenCalls;
  readonly #mailbox = new Mailbox();
  /** Made with the first one. */
  #sleeps: Map<string, OpenSleep> | null = null;
  /** What a wait was given at once: a lost race gives it back. */
  #mailOfPromise: WeakMap<object, Mail> | null = null;
  /** Entries of timers that had been taken when their waits lost a race. */
  #firedForNobody: Map<string, number> | null = null;
  #cancellation: Cancellation | null = null;
  /** Commands below this position were issued before the code was told that it is canceled. */
  #canceledBelow = 0;
  /** Made when they are needed: most executions have neither. */
  #tasks: KnownTasks | null = null;
  #children: Children | null = null;

  constructor(turn: CodeTurn, calls: OpenCalls) {
    this.#turn = turn;
    this.#calls = calls;
  }

  get tasks(): KnownTasks {
    return (this.#tasks ??= new KnownTasks());
  }

  get children(): Children {
    return (this.#children ??= new Children((commandId, error) => this.#calls.failed(commandId, error)));
  }

  // Calls of the code

  /** What a wait answers whose execution is being canceled: the code is to be told first. */
  get refusal(): Promise<never> | null {
    return this.#cancellation?.isDue ? this.#cancellation.refuse() : null;
  }

  waitFor(names: readonly string[], timeoutMs: number | null, match: Match | null): Promise<WorkflowEvent | null> {
    const { refusal } = this;
    if (refusal) return refusal;
    const ref = this.#turn.issue('waitFor', whatWait(names, match), '', true);
    const taskId = this.#tasks?.awaitedBy(names) ?? null;
    const mail = this.#mailbox.take({ names, match });
    const sinceMs = this.#turn.nowMs;
    const deadlineMs = mail || timeoutMs === null ? null : sinceMs + timeoutMs;
    this.#push({ type: 'wait', ...ref, names, match, deadlineMs, taskId, satisfiedBy: mail?.seq ?? null });
    if (mail) {
      const given = Promise.resolve(this.#turn.given(mail.event));
      (this.#mailOfPromise ??= new WeakMap()).set(given, mail);
      return given;
    }
    const { commandId } = ref;
    const promise = new Promise<WorkflowEvent | null>((receive, reject) => {
      this.#mailbox.open({ commandId, names, match, taskId, deadlineMs, sinceMs, receive, reject, promise: null });
    });
    return held(promise, this.#mailbox.find(commandId));
  }

  sleepUntil(fireAtMs: number): Promise<void> {
    const { refusal } = this;
    if (refusal) return refusal;
    const ref = this.#turn.issue('sleep', 'sleep', '', true);
    this.#push({ type: 'sleep', ...ref, fireAtMs });
    const { commandId } = ref;
    const promise = new Promise<void>((resolve, reject) => {
      this.#keepSleep(commandId, { resolve, reject, fireAtMs, sinceMs: this.#turn.nowMs, promise: null });
    });
    return held(promise, this.#sleeps?.get(commandId));
  }

  #keepSleep(commandId: string, sleep: OpenSleep): void {
    (this.#sleeps ??= new Map()).set(commandId, sleep);
  }

  /**
   * These lost a race: what they wait for is waited for no more until the code uses them again, and what they were given
   * at once is for others.
   */
  withdraw(promises: readonly unknown[]): void {
    const known = promises.filter((promise): promise is object => typeof promise === 'object' && promise !== null);
    for (const commandId of this.#openBehind(known)) this.#close(commandId);
    if (this.#mailOfPromise === null) return;
    for (const promise of known) {
      const mail = this.#mailOfPromise.get(promise);
      if (!mail) continue;
      this.#mailOfPromise.delete(promise);
      this.#giveBack(mail);
    }
  }

  /** The open waits that these promises are of, in the order of the promises. */
  #openBehind(promises: readonly object[]): string[] {
    const openOf = new Map<unknown, string>();
    for (const { promise, commandId } of this.#mailbox.waits) openOf.set(promise, commandId);
    for (const [commandId, { promise }] of this.#sleeps ?? nothing) openOf.set(promise, commandId);
    return promises.flatMap((promise) => openOf.get(promise) ?? []);
  }

  #giveBack(mail: Mail): void {
    const wait = this.#mailbox.takeBack(mail, { isKept: this.goesOn });
    if (wait) this.#end(wait, mail.event, false);
  }

  /** The same for all that withdrawn branches wait for. */
  withdrawBranches(): void {
    const open = [...[...this.#mailbox.waits].map(({ commandId }) => commandId), ...(this.#sleeps?.keys() ?? nothing)];
    for (const commandId of open) if (this.#turn.isOfWithdrawn(commandId)) this.#close(commandId);
  }

  #close(commandId: string): void {
    const wait = this.#mailbox.close(commandId);
    const sleep = this.#sleeps?.get(commandId);
    this.#sleeps?.delete(commandId);
    if ((wait && wait.deadlineMs !== null) || sleep) this.#push({ type: 'drop_timer', commandId });
    if (wait || sleep) this.#push({ type: 'end_wait', commandId });
    if (wait) this.#ifUsedAgain(wait, () => this.#waitAgain(wait));
    if (sleep) this.#ifUsedAgain(sleep, () => this.#sleepAgain(commandId, sleep));
  }

  /** A deadline in a loop of races, for one: it lost each of them but the last. */
  #ifUsedAgain({ promise, reject }: Pick<OpenWait, 'promise' | 'reject'>, reopen: () => void): void {
    if (!promise) return;
    onNextUse(promise, () => {
      // A withdrawn branch goes no further.
      if (this.#turn.isOver) return false;
      this.#turn.mustBeOn('use a wait again that lost a race');
      const { refusal } = this;
      if (refusal) refusal.catch(reject);
      else reopen();
      return true;
    });
  }

  #waitAgain(wait: OpenWait): void {
    const { commandId } = wait;
    this.#turn.leavesBranch(commandId);
    const mail = this.#mailbox.take(wait);
    if (mail) return wait.receive(this.#turn.given(mail.event));
    const firedAt = this.#firedForNobody?.get(commandId);
    if (firedAt !== undefined) return this.#endByTime(firedAt, wait);
    this.#mailbox.open(wait);
    this.#push({ type: 'wait_again', commandId });
  }

  #sleepAgain(commandId: string, sleep: OpenSleep): void {
    this.#turn.leavesBranch(commandId);
    if (this.#firedForNobody?.has(commandId)) return sleep.resolve();
    this.#keepSleep(commandId, sleep);
    this.#push({ type: 'wait_again', commandId });
  }

  // Entries of the log

  recordWait(seq: number, body: EntryBody<'wait_started'>): void {
    this.#turn.ledger.record(seq, body, whatWait(body.names, body.match ?? null), '');
    const wait = this.#mailbox.find(body.commandId);
    if (wait) wait.deadlineMs = body.deadline === null ? null : Date.parse(body.deadline);
  }

  recordSleep(seq: number, body: EntryBody<'sleep_started'>): void {
    this.#turn.ledger.record(seq, body, 'sleep', '');
    const sleep = this.#sleeps?.get(body.commandId);
    if (sleep) sleep.fireAtMs = Date.parse(body.fireAt);
  }

  deliver(mail: Mail): void {
    if (this.goesOn) return this.#mailbox.keep(mail);
    const wait = this.#mailbox.deliver(mail);
    if (wait) this.#end(wait, mail.event, false);
  }

  endTask(seq: number, end: TaskEnd, eventName: string, endedAt: string): void {
    if (!this.tasks.end(end.taskId)) return;
    for (const commandId of this.tasks.takeTimersOf(end.taskId)) this.#push({ type: 'drop_timer', commandId });
    if (commandOfUncertainActionEvent(eventName) !== null) return;
    const { taskId, status, outcome, output, by, formVersion } = end;
    this.deliver({
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

  endChild(end: EntryBody<'child_ended'>): void {
    if (this.#children?.end(end)) this.#push({ type: 'end_wait', commandId: end.commandId });
  }

  fire(seq: number, commandId: string): void {
    const sleep = this.#sleeps?.get(commandId);
    if (sleep) {
      this.#sleeps?.delete(commandId);
      this.#push({ type: 'end_wait', commandId });
      sleep.resolve();
      return;
    }
    const ofTask = this.#tasks?.fired(commandId);
    if (ofTask) {
      const { taskId, step, end } = ofTask;
      if (!step) return this.#endTaskByTime(seq, taskId, end);
      if (this.tasks.isOpen(taskId)) this.#push({ type: 'step_task', taskId, commandId, step });
      return;
    }
    const wait = this.#mailbox.close(commandId);
    if (wait) this.#endByTime(seq, wait);
    else (this.#firedForNobody ??= new Map()).set(commandId, seq);
  }

  #endByTime(seq: number, wait: OpenWait): void {
    this.#end(wait, null, true);
    if (wait.taskId !== null) this.#endTaskByTime(seq, wait.taskId, { status: 'expired' });
  }

  /** Every open wait throws; where there is none, the next one does. */
  cancel(decision: Decision): void {
    if (this.#cancellation) return;
    const cancellation = new Cancellation(decision);
    this.#cancellation = cancellation;
    this.#canceledBelow = this.#turn.ledger.nextN;
    const children = this.#children?.interrupt(() => cancellation.error()) ?? [];
    for (const commandId of children) this.#push({ type: 'end_wait', commandId });
    const waits = [...this.#mailbox.waits];
    const sleeps = [...(this.#sleeps ?? nothing)];
    if (waits.length + sleeps.length + children.length > 0) cancellation.delivered();
    for (const { commandId, deadlineMs, reject } of waits) {
      this.#mailbox.close(commandId);
      if (deadlineMs !== null) this.#push({ type: 'drop_timer', commandId });
      this.#push({ type: 'end_wait', commandId });
      reject(cancellation.error());
    }
    for (const [commandId, { reject }] of sleeps) {
      this.#sleeps?.delete(commandId);
      this.#push({ type: 'drop_timer', commandId });
      this.#push({ type: 'end_wait', commandId });
      reject(cancellation.error());
    }
  }

  #end(wait: OpenWait, event: WorkflowEvent | null, byTimer: boolean): void {
    if (!byTimer && wait.deadlineMs !== null) this.#push({ type: 'drop_timer', commandId: wait.commandId });
    this.#push({ type: 'end_wait', commandId: wait.commandId });
    wait.receive(event === null ? null : this.#turn.given(event));
  }

  #endTaskByTime(seq: number, taskId: string, end: TaskEnding): void {
    const task = this.tasks.endByTime(taskId, end);
    if (!task) return;
    this.#push({ type: 'end_task', taskId, end });
    const { outcome, output } = end.status === 'completed' ? end : { outcome: null, output: null };
    const told: TaskEnd = { taskId, status: end.status, outcome, output, by: null, formVersion: null };
    this.endTask(seq, told, task.completionEvent, new Date(this.#turn.nowMs).toISOString());
  }

  // Views

  get isCanceled(): boolean {
    return this.#cancellation !== null;
  }

  /** What was asked for as this command was asked for before the request to cancel. */
  isCutByCancel(n: number): boolean {
    return n < this.#canceledBelow;
  }

  get isForNothing(): boolean {
    if (this.#mailbox.openWaits > 0 || (this.#sleeps !== null && this.#sleeps.size > 0)) return false;
    return this.#children === null || this.#children.waits.length === 0;
  }

  get openChildren(): readonly NewChild[] {
    return this.#children?.open ?? nothing;
  }

  get openTasks(): readonly string[] {
    return this.#tasks?.open ?? nothing;
  }

  get hasOpenTasks(): boolean {
    return this.#tasks?.hasOpen ?? false;
  }

  /** Events that came and that nobody has waited for, in their order. */
  get unread(): readonly Mail[] {
    return this.#mailbox.unread;
  }

  get views(): WaitView[] {
    return viewsOf({
      events: this.#mailbox.waits,
      sleeps: this.#sleeps ?? nothing,
      children: this.#children?.waits ?? nothing,
    });
  }

  wantsTimer(commandId: string): boolean {
    if (this.#sleeps?.has(commandId)) return true;
    const isOfOpenTask = this.#tasks?.wantsTimer(commandId);
    if (isOfOpenTask !== undefined) return isOfOpenTask;
    return (this.#mailbox.find(commandId)?.deadlineMs ?? null) !== null;
  }

  get wantedTimers(): WantedTimer[] {
    const ofWaits = this.views.flatMap(({ commandId, deadlineMs, taskId }) =>
      deadlineMs === null ? [] : [{ commandId, fireAtMs: deadlineMs, taskId }],
    );
    return [...ofWaits, ...(this.#tasks?.timers ?? nothing)];
  }

  #push(command: Command): void {
    this.#turn.push(command);
  }
}

/** What the code gets of a wait: it may leave it alone without ending the process. */
function held<T>(promise: Promise<T>, open: { promise: Promise<unknown> | null } | undefined): Promise<T> {
  promise.catch(ignore);
  if (open) open.promise = promise;
  return promise;
}

/** A wait in words, which are the same in every run of the code. */
function whatWait(names: readonly string[], match: Match | null): string {
  const events = `wait for ${names.join(' or ')}`;
  return match === null ? events : `${events} where ${describeMatch(match)}`;
}
