/**
 * Transactions of several round trips that survive the loss of their connection.
 *
 * The client's own `begin` does not: postgres.js 3.4 sends its rollback to a connection that is gone, which ends the
 * process from a timer where nothing can catch it, and may run what is left of the lost transaction on a new
 * connection, outside of any transaction (its issues 1133, 1208, 1216). Here every transaction has a client with one
 * connection to itself; once that is lost nothing more is sent, and the client is thrown away.
 */
import postgres, { type Sql } from 'postgres';

export class ConnectionLostError extends Error {
  readonly code = 'CONNECTION_CLOSED';
  readonly transient = true;
  constructor(
    /** Where it was lost. Only during the commit is it unknown whether the transaction came through. */
    readonly during: 'begin' | 'work' | 'commit',
    options?: { readonly cause: unknown },
  ) {
    super(`The connection to the database was lost (${during}).`, options);
    this.name = 'ConnectionLostError';
  }
}

export interface TransactionRequest<T> {
  readonly isolationLevel?: 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
  /** Resolves to commit, rejects to roll back. `transaction` must not be used after that. */
  readonly work: (transaction: Sql) => Promise<T>;
}

export interface Transactions {
  /** @throws ConnectionLostError, what `work` rejects with, and what the commit was refused for. */
  run<T>(request: TransactionRequest<T>): Promise<T>;
  /** Closes idle connections at once, and those in use when they become idle. */
  end(): void;
}

/** Connections that nothing ran on for so long are closed. */
const idleMs = 2000;

/**
 * @param options.sql gives the connection's settings; its own connections are not used.
 * @param options.max transactions at the same time; more wait for their turn. Default 8.
 */
export function createTransactions({ sql, max = 8 }: { readonly sql: Sql; readonly max?: number }): Transactions {
  const idle: Lane[] = [];
  const waiting: (() => void)[] = [];
  let inUse = 0;
  let ended = false;

  const park = (lane: Lane): void => {
    idle.push(lane);
    // An open connection keeps a process from ending.
    setTimeout(() => {
      const at = idle.indexOf(lane);
      if (at >= 0 && lane.idleSinceMs + idleMs <= performance.now()) idle.splice(at, 1)[0]?.discard();
    }, idleMs + 5).unref();
    lane.idleSinceMs = performance.now();
  };

  const release = (lane: Lane): void => {
    inUse -= 1;
    if (lane.isLost || ended) lane.discard();
    else park(lane);
    waiting.shift()?.();
  };

  return {
    run: async ({ isolationLevel = 'READ COMMITTED', work }) => {
      if (ended) throw new Error('The transactions of this process are closed.');
      while (inUse >= max) await new Promise<void>((resolve) => waiting.push(resolve));
      inUse += 1;
      const lane = idle.pop() ?? new Lane(sql);
      try {
        return await lane.transact(isolationLevel, work);
      } finally {
        release(lane);
      }
    },
    end: () => {
      ended = true;
      idle.splice(0).forEach((lane) => lane.discard());
    },
  };
}

/** One connection and the transactions that run on it, one after the other. */
class Lane {
  readonly #client: Sql;
  readonly #lost: Promise<never>;
  #loseAll: (error: Error) => void = () => undefined;
  isLost = false;
  idleSinceMs = 0;

  constructor(sql: Sql) {
    const options = {
      ...sql.options,
      max: 1,
      // A connection that is replaced between two statements would split a transaction.
      max_lifetime: null,
      idle_timeout: 0,
      fetch_types: !knowsArrayTypes(sql),
      // Query builders write JSON themselves: what is a text already goes as it is.
      serializers: { ...(sql.options as { serializers?: object }).serializers, 114: jsonText, 3802: jsonText },
      onclose: () => this.discard(),
    };
    // The client takes options that it parsed before as they are; its types know only those of the first time.
    this.#client = postgres(options as unknown as postgres.Options<Record<string, never>>);
    this.#lost = new Promise((_, reject) => (this.#loseAll = reject));
    this.#lost.catch(() => undefined);
  }

  async transact<T>(isolationLevel: string, work: (transaction: Sql) => Promise<T>): Promise<T> {
    await this.#begin(isolationLevel);
    let result: T;
    try {
      result = await this.#unlessLost(work(this.#guarded()));
    } catch (error) {
      await this.#rollBack();
      throw this.isLost ? new ConnectionLostError('work', { cause: error }) : error;
    }
    if (this.isLost) throw new ConnectionLostError('work');
    await this.#commit();
    return result;
  }

  /** Throws the connection away: nothing is sent on it from here on. */
  discard(): void {
    if (this.isLost) return;
    this.isLost = true;
    this.#loseAll(new ConnectionLostError('work'));
    void this.#client.end({ timeout: 0 }).catch(() => undefined);
  }

  async #begin(isolationLevel: string): Promise<void> {
    try {
      // What the transaction before set for the session is not for this one.
      const begin = `RESET ROLE; RESET ALL; BEGIN ISOLATION LEVEL ${isolationLevel}`;
      await this.#unlessLost(this.#client.unsafe(begin));
    } catch (error) {
      this.discard();
      throw new ConnectionLostError('begin', { cause: error });
    }
  }

  async #rollBack(): Promise<void> {
    if (this.isLost) return;
    try {
      await this.#unlessLost(this.#client.unsafe('ROLLBACK'));
    } catch {
      this.discard();
    }
  }

  async #commit(): Promise<void> {
    try {
      await this.#unlessLost(this.#client.unsafe('COMMIT'));
    } catch (error) {
      // The server's own refusal is an answer: rolled back. Everything else leaves the outcome open.
      if (error instanceof postgres.PostgresError && error.severity === 'ERROR') throw error;
      this.discard();
      throw new ConnectionLostError('commit', { cause: error });
    }
  }

  #unlessLost<T>(promise: PromiseLike<T>): Promise<T> {
    return Promise.race([promise, this.#lost]);
  }

  /** The client, refusing what is sent after the loss: it would connect again and run it there. */
  #guarded(): Sql {
    const check = (): void => {
      if (this.isLost) throw new ConnectionLostError('work');
    };
    return new Proxy(this.#client, {
      apply: (target, self, args) => {
        check();
        return Reflect.apply(target, self, args) as unknown;
      },
      get: (target, property) => {
        check();
        return Reflect.get(target, property) as unknown;
      },
    });
  }
}

const jsonText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Whether a connection of the pool has read the types of arrays already; clients made from its options share them.
 * The client's own query for them is awaited nowhere: one that is lost with its connection ends the process.
 */
function knowsArrayTypes(sql: Sql): boolean {
  const { shared } = sql.options as { shared?: { readonly typeArrayMap?: object } };
  return Object.keys(shared?.typeArrayMap ?? {}).length > 0;
}
