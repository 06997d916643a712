/**
 * Which commands the code issued and which of them the log already holds. Every difference between the two is found
 * here, at the first entry that shows it.
 */
import { NondeterminismError } from '../model/errors';
import type { CommandRef, HistoryEntry } from '../model/history';
import { nameOfCall, type CallUnderWay } from '../model/underWay';

/** The part of a command that must be the same in every run of the code. */
export interface IssuedCommand extends CommandRef {
  /** For people: `action sendNotification`, `wait for Approve`. */
  readonly what: string;
  /** Fingerprint of the arguments; empty where the log's own value counts. */
  readonly argsHash: string;
  /** Whether the record is written in the same commit as the command was issued in. */
  readonly recordedAtOnce: boolean;
}

const advice =
  'Deploy the code that wrote this log, or guard the new path by context.patched or another workflow version.';

export class Ledger {
  /** Where commands were issued, for explaining a difference; null: not traced, which costs nothing. */
  readonly #sites: Map<string, string> | null;

  /** Issued and not yet in the log. */
  readonly #issued = new Map<string, IssuedCommand>();
  readonly #counters = new Map<string, number>();
  /** Commands that a retry of the execution left behind, with the arguments of those that may be taken over. Few have any. */
  #setAside: Map<string, string | null> | null = null;
  #highestRecorded = 0;
  /** The last command before the last retry. */
  #retriedAt = Number.POSITIVE_INFINITY;
  #n = 0;

  constructor({ isTraced = false }: { readonly isTraced?: boolean } = {}) {
    this.#sites = isTraced ? new Map() : null;
  }

  /** Position that the next command gets. */
  get nextN(): number {
    return this.#n + 1;
  }

  /** Names the next command. */
  issue(name: string, details: { what: string; argsHash: string; recordedAtOnce: boolean }): IssuedCommand {
    const count = (this.#counters.get(name) ?? 0) + 1;
    this.#counters.set(name, count);
    this.#n += 1;
    const commandId = this.#freshId(`${name}#${count}`, details.argsHash);
    const { what, argsHash, recordedAtOnce } = details;
    const command = { commandId, n: this.#n, what, argsHash, recordedAtOnce };
    this.#issued.set(commandId, command);
    this.#sites?.set(commandId, callSite());
    return command;
  }

  /**
   * A retry begins: ids of these commands are not given to others, since rows and keys outside are known by them. An
   * action with the same arguments is the same call and keeps its id.
   */
  setAside(undone: readonly HistoryEntry[]): void {
    this.#retriedAt = this.#n;
    this.#setAside ??= new Map();
    for (const { kind, body } of undone) {
      if (!('commandId' in body) || !('n' in body)) continue;
      const isCall = kind === 'action_completed' || kind === 'action_failed';
      this.#setAside.set(body.commandId, isCall ? body.argsHash : null);
    }
  }

  #freshId(id: string, argsHash: string): string {
    if (this.#setAside === null) return id;
    for (let retry = 0; ; retry += 1) {
      const candidate = retry === 0 ? id : `${id}~${retry}`;
      const known = this.#setAside.get(candidate);
      if (known === undefined || known === argsHash) return candidate;
    }
  }

  /** Compares a recorded command with what the code issued. */
  record(seq: number, { commandId, n }: CommandRef, what: string, argsHash: string): void {
    const actual = this.#issued.get(commandId);
    const same =
      actual !== undefined &&
      actual.n === n &&
      actual.what === what &&
      (actual.argsHash === '' || actual.argsHash === argsHash);
    if (!same) {
      throw this.#difference(seq, { commandId, n, what }, actual?.n === n ? actual : this.#atPosition(n));
    }
    this.#issued.delete(commandId);
    this.#highestRecorded = Math.max(this.#highestRecorded, n);
  }

  isOutstanding(commandId: string): boolean {
    return this.#issued.has(commandId);
  }

  /**
   * Called when the history is used up: a command that the log would hold if it had been issued then, and does not,
   * was not in the code that wrote the log. And what was begun was asked for by code that knew no more than this log:
   * nothing begins before the entries that it follows from are committed.
   */
  checkEnd(underWay: readonly CallUnderWay[]): void {
    for (const call of underWay) this.#checkUnderWay(call);
    for (const command of this.#issued.values()) {
      const isNewPath = command.n > this.#retriedAt;
      if (command.recordedAtOnce && command.n < this.#highestRecorded && !isNewPath) {
        throw new NondeterminismError(
          `The code now does "${command.what}" (${command.commandId}) at a place where the log has nothing. ${advice}`,
          { seq: null, recorded: null, actual: command.what, callSite: this.#sites?.get(command.commandId) ?? null },
        );
      }
    }
  }

  #checkUnderWay({ commandId, n, argsHash }: CallUnderWay): void {
    const issued = this.#issued.get(commandId);
    const isThere = issued !== undefined && (n === null || issued.n === n);
    if (isThere && (argsHash === null || issued.argsHash === argsHash)) return;
    const recorded = `action ${nameOfCall(commandId)}`;
    const begun = `"${recorded}" (${commandId}) has begun and its outcome is not in the log yet`;
    const instead = isThere || n === null ? issued : this.#atPosition(n);
    const does = instead ? `does "${instead.what}" (${instead.commandId}) there` : 'does not ask for it';
    throw new NondeterminismError(
      isThere
        ? `${begun}: the code now passes other arguments. ${advice}`
        : `${begun}${n === null ? '' : `, as command ${n}`}: the code now ${does}. ${advice}`,
      {
        seq: null,
        recorded,
        actual: instead?.what ?? null,
        callSite: (instead && this.#sites?.get(instead.commandId)) ?? null,
      },
    );
  }

  #atPosition(n: number): IssuedCommand | undefined {
    for (const command of this.#issued.values()) if (command.n === n) return command;
    return undefined;
  }

  #difference(
    seq: number,
    recorded: CommandRef & { readonly what: string },
    actual: IssuedCommand | undefined,
  ): NondeterminismError {
    const did = actual ? `"${actual.what}" (${actual.commandId})` : 'nothing';
    const sameCall = actual?.what === recorded.what && actual.commandId === recorded.commandId;
    return new NondeterminismError(
      sameCall && actual.n === recorded.n
        ? `Entry ${seq} of the log is "${recorded.what}" (${recorded.commandId}) with other arguments than the code passes now. ${advice}`
        : `Entry ${seq} of the log is command ${recorded.n}, "${recorded.what}" (${recorded.commandId}); at that place the code now does ${did}. ${advice}`,
      {
        seq,
        recorded: recorded.what,
        actual: actual?.what ?? null,
        callSite: (actual && this.#sites?.get(actual.commandId)) ?? null,
      },
    );
  }
}

/** The first frame that is not the engine's own. */
function callSite(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const frame = frames.find((each) => !/[\\/]lib[\\/]workflow[\\/](replay|core)[\\/]|node:|<anonymous>\)?$/.test(each));
  return (frame ?? frames.at(-1) ?? '').trim().replace(/^at /, '');
}
