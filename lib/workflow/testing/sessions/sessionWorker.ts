/** A worker reduced to its statements: what it believes of executions, and what it was told. It runs no workflow code. */
import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { bareFlush } from '../../core/engine/bareFlush';
import type { HistoryEntry } from '../../model/history';
import type { ActionResultStore } from '../../model/ports/actionStores';
import type { BusStore, MatchWait } from '../../model/ports/bus';
import type { MembershipStore } from '../../model/ports/membership';
import { FencedError, type ExecutionFlush, type ExecutionKey, type ExecutionStore } from '../../model/ports/store';
import type { WaitRow } from '../../model/ports/store';
import type { Transactions } from '../../persistence/transactions';
import { stateEntry } from '../contract/storeFixture';
import type { Statements } from './statements/statements';

/** Whoever waits so long for a lock waits for something that must not be in the way. */
const lockMs = 400;

/** What a worker knows of an execution. */
interface Belief {
  head: number;
  readonly unwritten: HistoryEntry[];
  readonly waits: WaitRow[];
}

/** A place in the log as somebody was told that it is. */
export interface Told {
  readonly worker: string;
  readonly executionId: string;
  readonly seq: number;
  readonly what: string;
}

/** A statement on its way to the database. */
export interface Sent {
  readonly worker: SessionWorker;
  readonly carryOut: () => Promise<void>;
}

export class SessionWorker {
  readonly workerId = randomUUID();
  readonly sessionName = `session ${this.workerId}`;
  readonly store: ExecutionStore;
  readonly bus: BusStore;
  readonly results: ActionResultStore;
  readonly membership: MembershipStore;
  readonly beliefs = new Map<string, Belief>();
  /** Committed waits that it has not looked for yet. */
  readonly toLookFor: MatchWait[] = [];
  /** Somebody took over from it; it does not know. */
  isFenced = false;
  /** Nothing of it reaches the database any more. */
  isDead = false;
  readonly #sql: Sql;
  readonly #transactions: Transactions;

  constructor(
    readonly name: string,
    private readonly parts: {
      readonly statements: Statements;
      readonly url: string;
      readonly told: (told: Told) => void;
      readonly broken: (sentence: string) => void;
    },
  ) {
    const { statements, url } = parts;
    const connection = { application_name: this.sessionName, lock_timeout: lockMs };
    this.#sql = postgres(url, { max: 2, onnotice: () => undefined, connection });
    const sql = this.#sql;
    this.#transactions = statements.createTransactions({ sql });
    this.store = statements.createPostgresStore({ sql });
    this.bus = statements.createBusStore({ sql });
    this.membership = statements.createPostgresMembership(sql);
    const transactions = this.#transactions;
    this.results = statements.createActionResultStore({ sql, transactions, workerId: this.workerId });
  }

  /** Reads the execution anew. */
  async load(key: ExecutionKey): Promise<void> {
    this.beliefs.delete(key.executionId);
    const [loaded] = await this.store.load({ executions: [key] });
    if (!loaded) return;
    this.#hear(key, loaded.history, 0);
    this.beliefs.set(key.executionId, { head: loaded.history.length, unwritten: [], waits: [] });
  }

  /** Takes what is in the inbox, and has something to write afterwards. */
  async take(key: ExecutionKey): Promise<void> {
    const belief = this.beliefs.get(key.executionId);
    if (!belief || belief.unwritten.length > 0) return;
    const items = [{ ...key, headSeq: belief.head, atMs: Date.now() }];
    const taken = await this.#ask(() => this.store.take({ workerId: this.workerId, items }));
    const entries = taken?.[0]?.entries;
    if (!entries) return void this.beliefs.delete(key.executionId);
    this.#hear(key, entries, belief.head);
    belief.head += entries.length;
    belief.unwritten.push(stateEntry(belief.head + 1, `${this.name} at ${belief.head + 1}`));
  }

  async flush(key: ExecutionKey): Promise<void> {
    const belief = this.beliefs.get(key.executionId);
    if (!belief || belief.unwritten.length + belief.waits.length === 0) return;
    const flush = flushOf(key, belief);
    const won = await this.#ask(() => this.store.flush({ workerId: this.workerId, executions: [flush] }));
    if (!won?.has(key.executionId)) return void this.beliefs.delete(key.executionId);
    this.#hear(key, flush.entries, belief.head);
    belief.head += flush.entries.length;
    for (const { commandId, names, match } of flush.waitsAdded) {
      if (match) this.toLookFor.push({ ...key, commandId, tenant: 'acme', names, match });
    }
    belief.unwritten.length = 0;
    belief.waits.length = 0;
  }

  /** What it would ask for now arrives later. It does not wait for the answer, and reads the execution anew. */
  delay(key: ExecutionKey): Sent | null {
    const belief = this.beliefs.get(key.executionId);
    if (!belief) return null;
    this.beliefs.delete(key.executionId);
    const { workerId } = this;
    const items = [{ ...key, headSeq: belief.head, atMs: Date.now() }];
    const executions = [flushOf(key, belief)];
    const carryOut = async (): Promise<void> => {
      if (belief.unwritten.length > 0) await this.#ask(() => this.store.flush({ workerId, executions }));
      else await this.#ask(() => this.store.take({ workerId, items }));
    };
    return { worker: this, carryOut };
  }

  wait(key: ExecutionKey, n: number, order: string): void {
    const wait = { kind: 'event', names: ['PAID'], match: { order }, deadlineMs: null, taskId: null } as const;
    this.beliefs.get(key.executionId)?.waits.push({ ...wait, commandId: `wait#${n}`, sinceMs: Date.now() });
  }

  async heartbeat(): Promise<void> {
    await this.#ask(() => this.membership.heartbeat({ workerId: this.workerId, leaseMs: 600_000 }), false);
  }

  close(): void {
    this.#transactions.end();
    void this.#sql.end({ timeout: 0 });
  }

  /** null: refused. Nobody that was fenced is answered, and no lock is in the way of a worker's statements. */
  async #ask<T>(statement: () => Promise<T>, isGuarded = true): Promise<T | null> {
    if (this.isDead) return null;
    try {
      const answer = await statement();
      if (this.isFenced && isGuarded) this.parts.broken(`${this.name} was fenced, and its statement was carried out`);
      return answer;
    } catch (error) {
      if (!(error instanceof FencedError)) {
        this.parts.broken(`a statement of ${this.name} failed: ${error instanceof Error ? error.message : 'unknown'}`);
      }
      this.beliefs.clear();
      return null;
    }
  }

  #hear({ executionId }: ExecutionKey, entries: readonly HistoryEntry[], head: number): void {
    for (const [index, entry] of entries.entries()) {
      const seq = head + index + 1;
      if (entry.seq !== seq) this.parts.broken(`${this.name} knew ${head} entries and was told of number ${entry.seq}`);
      this.parts.told({ worker: this.name, executionId, seq: entry.seq, what: whatOf(entry) });
    }
  }
}

function flushOf(key: ExecutionKey, { head, unwritten, waits }: Belief): ExecutionFlush {
  const changes = { entries: [...unwritten], waitsAdded: [...waits] };
  return bareFlush({ ...key, tenant: 'acme' }, { expectedHead: head, status: 'waiting', atMs: Date.now(), ...changes });
}

/** What an entry says, as short as it can be told apart. */
export function whatOf(entry: HistoryEntry): string {
  if (entry.kind === 'event_received') return `${entry.kind} ${entry.body.event.event_id}`;
  return entry.kind === 'state_changed' ? `${entry.kind} ${String(entry.body.state)}` : entry.kind;
}
