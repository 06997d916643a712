/**
 * A pool of postgres.js that outlives its connections.
 *
 * The client does not by itself: where a statement was about to be written in the moment in which its connection closed,
 * postgres.js 3.4 never writes on that place of the pool again, not even its greeting. What is sent there waits until
 * the connect times out, each time, for ever. Nobody outside can tell such a place from a good one, so once connections
 * were lost the whole client is replaced: new statements go to the new one, the old one has some time to finish.
 */
import postgres, { type Sql } from 'postgres';

/** While the database is away connections are lost all the time: clients follow each other no faster than this. */
const leastLifeMs = 1_000;
/** What has no answer from a replaced client after this time is rejected: as long as statements wait for locks. */
const finishMs = 5_000;

type PoolOptions = postgres.Options<Record<string, never>>;

export function createLastingPool(url: string, options: PoolOptions): Sql {
  const pool = new LastingPool(url, options);
  const call = (...parameters: unknown[]): unknown => Reflect.apply(pool.client, undefined, parameters);
  return new Proxy(call as unknown as Sql, {
    get: (_, name) => {
      if (name === 'end') return (how?: { timeout?: number }) => pool.end(how);
      return Reflect.get(pool.client, name) as unknown;
    },
  });
}

class LastingPool {
  client: Sql;
  readonly #retired = new Set<Sql>();
  /** Counts the clients: what the old ones lose does not matter. */
  #generation = 1;
  #openedAtMs: number;
  #replacing: NodeJS.Timeout | null = null;
  #isEnding = false;

  constructor(url: string, options: PoolOptions) {
    this.client = postgres(url, { ...options, onclose: () => this.#lost(1) });
    this.#openedAtMs = performance.now();
    this.#learnTypes();
  }

  /**
   * The client asks for the types of arrays on every new connection and awaits the answer nowhere: a connection that is
   * lost during it ends the process by an unhandled rejection. Once asked they are known to all clients of the pool.
   */
  #learnTypes(): void {
    const { client } = this;
    if (!client.options.fetch_types) return;
    client`SELECT 1`.then(
      () => (client.options.fetch_types = false),
      () => undefined,
    );
  }

  async end(how?: { readonly timeout?: number }): Promise<void> {
    this.#isEnding = true;
    if (this.#replacing) clearTimeout(this.#replacing);
    await Promise.all([this.client, ...this.#retired].map((client) => client.end(how)));
  }

  #lost(generation: number): void {
    if (generation !== this.#generation || this.#isEnding || this.#replacing) return;
    const restMs = Math.max(0, this.#openedAtMs + leastLifeMs - performance.now());
    this.#replacing = setTimeout(() => this.#replace(), restMs).unref();
  }

  #replace(): void {
    this.#replacing = null;
    const old = this.client;
    const generation = (this.#generation += 1);
    // The client takes options that it parsed before as they are: the types that it read from the database stay known.
    const options = { ...old.options, onclose: () => this.#lost(generation) };
    this.client = postgres(options as unknown as PoolOptions);
    this.#openedAtMs = performance.now();
    this.#learnTypes();
    this.#retired.add(old);
    setTimeout(() => {
      this.#retired.delete(old);
      void old.end({ timeout: 0 }).catch(() => undefined);
    }, finishMs).unref();
  }
}
