/**
 * The answer of the code to one entry: the commands it issues from being woken until it is blocked again. Code that
 * does something outside of a turn cannot be brought back by replay.
 */
import type { Command } from '../model/commands';
import { ForeignAwaitError } from '../model/errors';
import { PayloadTooLargeError, TooManyCommandsError, type ExecutionLimits } from '../model/limits';
import { Branch } from './branches';
import { Ledger, type IssuedCommand } from './ledger';
import type { Sandbox } from './sandbox';

export class CodeTurn {
  readonly ledger: Ledger;
  /** Characters of the largest value that the code was given or passed. */
  largestPayload = 0;
  /** The stamp of the entry that is being answered. */
  nowMs = 0;
  /** Told once when code went on by itself: no entry will ever tell. */
  onLateCode: ((error: Error) => void) | null = null;
  readonly #workflowName: string;
  readonly #sandbox: Sandbox;
  readonly #mostCommands: number;
  readonly #largestAllowed: number;
  #commands: Command[] = [];
  #isOn = false;
  #broken: Error | null = null;
  /** Made with the first branch. */
  #root: Branch | null = null;
  #branchOfCommand: Map<string, Branch> | null = null;

  constructor(options: {
    readonly workflowName: string;
    readonly sandbox: Sandbox;
    readonly isTraced: boolean;
    /** Without it there are none. */
    readonly limits?: ExecutionLimits;
  }) {
    this.#workflowName = options.workflowName;
    this.#sandbox = options.sandbox;
    this.#mostCommands = options.limits?.commands_per_run.most ?? Number.POSITIVE_INFINITY;
    this.#largestAllowed = options.limits?.payload_size.most ?? Number.POSITIVE_INFINITY;
    this.ledger = new Ledger({ isTraced: options.isTraced });
  }

  begin(atMs: number, isAnswered: boolean): void {
    this.nowMs = atMs;
    this.#isOn = isAnswered;
  }

  /** Ends the turn. */
  collect(): Command[] {
    this.#isOn = false;
    if (this.#broken) throw this.#broken;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  push(command: Command): void {
    this.#commands.push(command);
  }

  /** Names the next command of the calling code. */
  issue(name: string, what: string, argsHash: string, recordedAtOnce: boolean): IssuedCommand {
    this.mustBeOn(what);
    const branch = this.branch();
    const issued = this.ledger.issue(branch ? branch.prefix + name : name, { what, argsHash, recordedAtOnce });
    if (branch) (this.#branchOfCommand ??= new Map()).set(issued.commandId, branch);
    return issued;
  }

  /** Code that goes on by itself, without an entry that woke it, cannot be brought back by replay. */
  mustBeOn(what: string): void {
    if (!this.#isOn) throw this.late(what);
    if (this.#commands.length >= this.#mostCommands) throw this.#over(new TooManyCommandsError(this.#mostCommands));
  }

  /** What the code passes on. Too large is no error that it could catch: its path must not depend on a setting. */
  passes(text: string, what: string): void {
    this.seen(text);
    if (text.length > this.#largestAllowed) {
      throw this.#over(new PayloadTooLargeError(what, text.length, this.#largestAllowed));
    }
  }

  /** Live code receives what replay would: values decoded from the bytes that the log holds. */
  given<T>(value: T): T {
    const text = JSON.stringify(value ?? null);
    this.seen(text);
    return JSON.parse(text) as T;
  }

  /** What the code was given. */
  seen(text: string): void {
    if (text.length > this.largestPayload) this.largestPayload = text.length;
  }

  #over(error: Error): Error {
    this.broke(error);
    return error;
  }

  late(what: string): Error {
    if (this.#broken) return this.#broken;
    this.#broken = new ForeignAwaitError(
      `Workflow ${this.#workflowName} did "${what}" after awaiting something that is not in its log. ` +
        `Move the awaited call into an action, or use context.sleep and events.waitFor.`,
      { withStack: true },
    );
    this.onLateCode?.(this.#broken);
    return this.#broken;
  }

  /** Nothing that the code did counts: the next `collect` throws this. */
  broke(error: Error): void {
    this.#broken ??= error;
  }

  // Branches

  /** The branch of the calling code; null as long as there is none at all. */
  branch(): Branch | null {
    return this.#root === null ? null : (this.#sandbox.branch() ?? null);
  }

  branchOrRoot(): Branch {
    return this.branch() ?? (this.#root ??= new Branch('', null));
  }

  /** The calling code belongs to a branch that lost its race: it goes no further. */
  get isOver(): boolean {
    return this.#root !== null && this.branch()?.isWithdrawn === true;
  }

  /** Others wait for what it asked for: it does not end with its branch. */
  leavesBranch(commandId: string): void {
    this.#branchOfCommand?.delete(commandId);
  }

  isOfWithdrawn(commandId: string): boolean {
    return this.#branchOfCommand?.get(commandId)?.isWithdrawn === true;
  }
}
