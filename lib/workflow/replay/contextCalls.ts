/** What the context of a workflow function does: each call of the code becomes a command, or is answered at once. */
import { hashText } from '../model/hash';
import type { Command } from '../model/commands';
import type { WorkflowEvent } from '../model/events';
import type { EntryBody, LogLevel } from '../model/history';
import { decodeJson, type JsonObject, type JsonValue } from '../model/json';
import type { Match } from '../model/match';
import type { ParentLink } from '../model/relations';
import type { Branch } from './branches';
import type { ChildRequest } from './childCalls';
import type { ContextHost } from './context';
import type { OpenCalls } from './openCalls';
import type { Past } from './past';
import { derivedId, uuidFrom } from './random';
import type { Sandbox } from './sandbox';
import type { CodeTurn } from './codeTurn';
import type { Waiting } from './waiting';

/** What the calls of one run work on. */
export interface RunParts {
  readonly executionId: string;
  readonly tenant: string;
  readonly started: EntryBody<'execution_started'>;
  readonly random: () => number;
  readonly sandbox: Sandbox;
  readonly turn: CodeTurn;
  readonly calls: OpenCalls;
  readonly waiting: Waiting;
  /** Stored texts. */
  readonly data: Map<string, string>;
  readonly run: {
    /** What the log knows ahead, while it is fed. */
    readonly past: Past | null;
    continueAsNew(data: JsonObject | null): void;
  };
}

/** A class, as all that is made anew for each execution: its functions are made once. */
export class ContextCalls implements ContextHost {
  readonly executionId: string;
  readonly tenant: string;
  readonly trigger: WorkflowEvent;
  readonly initialData: JsonObject;
  readonly parent: ParentLink | null;
  readonly #parts: RunParts;
  readonly #turn: CodeTurn;
  #state: string | null = null;
  #patches: Set<string> | null = null;

  constructor(parts: RunParts) {
    const { started } = parts;
    this.#parts = parts;
    this.#turn = parts.turn;
    this.executionId = started.logicalExecutionId;
    this.tenant = parts.tenant;
    this.trigger = started.trigger;
    this.initialData = started.initialData;
    this.parent = started.parent ?? null;
  }

  nowMs(): number {
    return this.#turn.nowMs;
  }

  uuid(): string {
    return uuidFrom(this.#parts.random);
  }

  // State and data

  state(): string | null {
    return this.#state;
  }

  setState(state: string): void {
    if (state === this.#state || this.#turn.isOver) return;
    this.#turn.passes(state, 'The state');
    const ref = this.#turn.issue('setState', `state ${state}`, '', true);
    this.#state = state;
    this.#turn.push({ type: 'set_state', ...ref, state });
  }

  data(key: string): string | undefined {
    return this.#parts.data.get(key);
  }

  setData(key: string, text: string): void {
    if (this.#turn.isOver) return;
    this.#turn.passes(text, `The value of data "${key}"`);
    const ref = this.#turn.issue('data.set', `data ${key}`, hashText(text), true);
    this.#parts.data.set(key, text);
    this.#turn.push({ type: 'set_data', ...ref, key, value: decodeJson(text) });
  }

  log(level: LogLevel, message: string, data: JsonValue): void {
    if (this.#turn.isOver) return;
    this.#turn.mustBeOn('logger');
    this.#turn.push({ type: 'log', level, message, data });
  }

  // Actions, tasks, waits

  action(name: string, argsText: string, isUndo?: true): Promise<unknown> {
    if (this.#turn.isOver) return never();
    this.#turn.passes(argsText, `What action "${name}" is given`);
    const argsHash = hashText(argsText);
    const { commandId, n } = this.#turn.issue(name, `action ${name}`, argsHash, false);
    const args = decodeJson(argsText);
    const command = { type: 'action', commandId, n, name, args, argsHash } as const;
    this.#turn.push(isUndo ? { ...command, isUndo } : command);
    return this.#parts.calls.open(commandId);
  }

  createTask(requestText: string): Promise<unknown> {
    if (this.#turn.isOver) return never();
    this.#turn.passes(requestText, 'What a task is created with');
    const argsHash = hashText(requestText);
    const ref = this.#turn.issue('createHumanTask', 'create a human task', argsHash, false);
    const request = JSON.parse(requestText) as Extract<Command, { type: 'create_task' }>['request'];
    this.#turn.push({ type: 'create_task', ...ref, request, argsHash });
    return this.#parts.calls.open(ref.commandId);
  }

  waitFor(names: readonly string[], timeoutMs: number | null, match: Match | null): Promise<WorkflowEvent | null> {
    return this.#turn.isOver ? never() : this.#parts.waiting.waitFor(names, timeoutMs, match);
  }

  sleepUntil(fireAtMs: number): Promise<void> {
    return this.#turn.isOver ? never() : this.#parts.waiting.sleepUntil(fireAtMs);
  }

  // Children and successors

  startChild(
    request: ChildRequest,
    argsText: string,
  ): { readonly commandId: string; readonly childExecutionId: string } {
    if (this.#turn.isOver) return { commandId: '', childExecutionId: '' };
    this.#turn.passes(argsText, `What child "${request.workflow}" is given`);
    const { started, executionId, waiting } = this.#parts;
    const argsHash = hashText(argsText);
    const ref = this.#turn.issue('startChild', `start child ${request.workflow}`, argsHash, true);
    const { commandId } = ref;
    const childExecutionId =
      started.fork?.children[commandId] ?? derivedId(this.#turn.nowMs, `${executionId}:${commandId}`);
    waiting.children.add({ ...request, commandId, childExecutionId });
    this.#turn.push({ type: 'start_child', ...ref, ...request, childExecutionId, argsHash });
    return { commandId, childExecutionId };
  }

  childResult(commandId: string): Promise<JsonValue> {
    if (this.#turn.isOver) return never();
    const { waiting } = this.#parts;
    const { refusal } = waiting;
    if (refusal) return refusal;
    const result = waiting.children.result(commandId, this.#turn.nowMs, (wait) => {
      this.#turn.push({ type: 'await_child', wait });
    });
    return this.#turn.branch()?.unlessWithdrawn(result) ?? result;
  }

  continueAsNew(dataText: string | null): Promise<never> {
    if (this.#turn.isOver) return never();
    this.#turn.mustBeOn('continueAsNew');
    if (dataText !== null) this.#turn.passes(dataText, 'What continueAsNew hands on');
    this.#parts.run.continueAsNew(dataText === null ? null : (decodeJson(dataText) as JsonObject));
    return never();
  }

  // Patches

  patched(patchId: string): boolean {
    if (this.#patches?.has(patchId)) return true;
    if (this.#turn.isOver) return false;
    const n = this.#turn.ledger.nextN;
    const past = this.#parts.run.past;
    if (past && past.patchAt(n) !== patchId && past.reaches(n)) return false;
    this.#mark(patchId);
    return true;
  }

  deprecatePatch(patchId: string): void {
    if (this.#parts.run.past?.patchAt(this.#turn.ledger.nextN) === patchId) this.#mark(patchId);
  }

  #mark(patchId: string): void {
    const ref = this.#turn.issue(`patched:${patchId}`, `patch ${patchId}`, '', true);
    (this.#patches ??= new Set()).add(patchId);
    this.#turn.push({ type: 'patch', ...ref, patchId });
  }

  // Branches

  currentBranch(): Branch {
    return this.#turn.branchOrRoot();
  }

  runIn<T>(branch: Branch, code: () => T): T {
    return this.#parts.sandbox.runIn(branch, code);
  }

  withdraw(branches: readonly Branch[], promises: readonly unknown[]): void {
    for (const branch of branches) branch.withdraw();
    // First all that wait are withdrawn: what a loser gives back must not go to another one.
    this.#parts.waiting.withdrawBranches();
    this.#parts.waiting.withdraw(promises);
  }
}

/** What a call answers in code that shall go no further. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
