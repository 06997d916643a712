/**
 * Everything at once, in no order, under load: workers and web servers are killed and frozen, connections cut, Redis is
 * flushed and stopped, Postgres restarted. Whatever was accepted must end whole. After each misfortune some probes are
 * sent, and the time until the last of them has ended is the time to recover.
 */
import { randomUUID } from 'node:crypto';
import { ExecutionEndedError } from '../../model/errors';
import type { OwnRedisServer } from '../../../redis/testing/ownRedisServer';
import { pause } from './attack';
import { attackViolations, type AttackedExecution } from './attackOracle';
import { chaosOrder } from './chaosOrder';
import { tenant } from './load';
import type { Site } from './openSite';
import { untilEnded } from './oracle';

export interface ChaosReport {
  readonly executions: number;
  readonly events: number;
  /** Of those, events submitted through the web. */
  readonly viaWeb: number;
  readonly kills: number;
  readonly webKills: number;
  readonly deeds: readonly { readonly deed: string; readonly times: number; readonly recoveryMs: readonly number[] }[];
  readonly violations: readonly string[];
}

/** A web server of the product, and those that take its place. */
export interface AttackedWeb {
  /** Submits an event that starts an order. Rejects unless it is answered as accepted. */
  submit(idempotencyKey: string): Promise<{ readonly eventId: string; readonly executionIds: readonly string[] }>;
  signal(signal: NodeJS.Signals): void;
  readonly kills: number;
}

export interface ChaosOptions {
  readonly site: Site;
  readonly web: AttackedWeb;
  readonly redis: OwnRedisServer;
  /** Stops Postgres and starts it again at the same address. */
  readonly restartPostgres: () => Promise<void>;
  readonly durationMs: number;
  /** Starts and signals accepted per second. */
  readonly rate: number;
}

const tickMs = 50;
const probes = 6;
/** A day on a slow machine, where recovering takes long, has so many misfortunes all the same. */
const leastMisfortunes = 4;
/** One of so many orders is started by an event that is submitted through the web. */
const everyNthViaWeb = 4;

export async function chaosDay(options: ChaosOptions): Promise<ChaosReport> {
  const day = new ChaosDay(options);
  return day.run();
}

class ChaosDay {
  readonly #accepted: AttackedExecution[] = [];
  readonly #sending = new Set<Promise<void>>();
  readonly #recoveries = new Map<string, number[]>();
  #events = 0;
  #orders = 0;
  /** Ids of events that the web answered with. */
  readonly #submitted = new Set<string>();

  constructor(private readonly options: ChaosOptions) {}

  async run(): Promise<ChaosReport> {
    const { site, durationMs } = this.options;
    const endsAt = performance.now() + durationMs;
    await Promise.all([this.#load(endsAt), this.#misfortunes(endsAt)]);
    await Promise.all(this.#sending);
    await untilEnded(site.sql, this.#accepted);
    const violations = [...(await attackViolations(site.sql, this.#accepted)), ...(await this.#webViolations())];
    return {
      executions: this.#accepted.length,
      events: this.#events,
      viaWeb: this.#submitted.size,
      kills: site.cluster.kills,
      webKills: this.options.web.kills,
      deeds: [...this.#recoveries].map(([deed, recoveryMs]) => ({ deed, times: recoveryMs.length, recoveryMs })),
      violations,
    };
  }

  /** What the web answered is there, and nothing else is: however often it was sent. */
  async #webViolations(): Promise<readonly string[]> {
    const stored = await this.options.site.sql<{ event_id: string; starts: number }[]>`
      SELECT b.event_id, (SELECT count(*)::int FROM workflow_executions e WHERE e.started_by_event_id = b.event_id) AS starts
      FROM workflow_bus_events b`;
    const ids = new Set(stored.map((row) => row.event_id));
    return [
      ...[...this.#submitted].filter((id) => !ids.has(id)).map((id) => `event ${id} was accepted and is lost`),
      ...[...ids].filter((id) => !this.#submitted.has(id)).map((id) => `event ${id} is one that nobody was told of`),
      ...stored
        .filter(({ starts }) => starts !== 1)
        .map(({ event_id: id, starts }) => `event ${id} started ${starts} executions`),
    ];
  }

  /** Each execution is two events, its start and its payment, or one, where it is started through the web. */
  async #load(endsAt: number): Promise<void> {
    const perTick = (this.options.rate * tickMs) / 2_000;
    for (let owed = 0; performance.now() < endsAt; await pause(tickMs)) {
      for (owed += perTick; owed >= 1; owed -= 1) {
        this.#orders += 1;
        const viaWeb = this.#orders % everyNthViaWeb === 0;
        const sending = (viaWeb ? this.#orderViaWeb() : this.#order(true)).then(() => undefined);
        this.#sending.add(sending);
        void sending.finally(() => this.#sending.delete(sending));
      }
    }
  }

  /** The same key with each try: however many of them came through, one order comes of it. */
  async #orderViaWeb(): Promise<AttackedExecution> {
    const idempotencyKey = randomUUID();
    const { eventId, executionIds } = await untilAccepted(() => this.options.web.submit(idempotencyKey));
    this.#events += 1;
    this.#submitted.add(eventId);
    const [executionId = ''] = executionIds;
    return this.#expect(executionId, ['received']);
  }

  #expect(executionId: string, expected: readonly string[]): AttackedExecution {
    const order: AttackedExecution = {
      executionId,
      title: 'order',
      definition: chaosOrder,
      accepted: [],
      judge: ({ status, result, error, booked }) => {
        if (status !== 'completed' || result !== 'done') {
          return [`is ${status} in the end, with ${JSON.stringify(result)}, ${error?.message ?? 'no error'}`];
        }
        return [...booked].sort().join() === [...expected].sort().join()
          ? []
          : [`wrote ${booked.join(', ') || 'nothing'}`];
      },
    };
    this.#accepted.push(order);
    return order;
  }

  async #order(waits: boolean): Promise<AttackedExecution> {
    const { runtime } = this.options.site;
    const executionId = await untilAccepted(() =>
      runtime.startWorkflow(chaosOrder.name, { tenant, initialData: { waits } }),
    );
    this.#events += 1;
    const order = this.#expect(executionId, waits ? ['received', 'paid'] : ['received']);
    if (waits) {
      await pause(Math.random() * 500);
      const eventId = await untilAccepted(async () => {
        try {
          const event = { execution_id: executionId, event_name: 'Paid', payload: {}, tenant };
          return (await runtime.enqueueEvent(event)).eventId;
        } catch (error) {
          // The answer to an earlier try was lost, and that try was enough.
          if (error instanceof ExecutionEndedError) return null;
          throw error;
        }
      });
      this.#events += 1;
      if (eventId !== null) order.accepted.push(eventId);
    }
    return order;
  }

  async #misfortunes(endsAt: number): Promise<void> {
    const deeds = this.#deeds();
    for (let turn = 0; performance.now() < endsAt || turn < leastMisfortunes; turn += 1) {
      const [name, deed] = deeds[turn % deeds.length] ?? ['nothing', () => Promise.resolve()];
      const beganAt = performance.now();
      await deed();
      await this.#probe(name.startsWith('web'));
      this.#recoveries.set(name, [...(this.#recoveries.get(name) ?? []), performance.now() - beganAt]);
      await pause(200 + Math.random() * 500);
    }
  }

  async #probe(viaWeb: boolean): Promise<void> {
    const probe = () => (viaWeb ? this.#orderViaWeb() : this.#order(false));
    const sent = await Promise.all(Array.from({ length: probes }, probe));
    const ids = sent.map(({ executionId }) => executionId);
    const giveUpAt = performance.now() + 60_000;
    while (performance.now() < giveUpAt) {
      const open = await this.options.site.sql`
        SELECT 1 FROM workflow_executions WHERE execution_id = ANY(${ids}::uuid[]) AND status <> 'completed'`.catch(
        () => [null],
      );
      if (open.length === 0) return;
      await pause(10);
    }
  }

  #deeds(): readonly (readonly [string, () => Promise<void>])[] {
    const { site, web, redis, restartPostgres } = this.options;
    const anyWorker = () => site.cluster.workers[Math.floor(Math.random() * site.cluster.workers.length)];
    const freeze = async (ms: number) => {
      const worker = anyWorker();
      worker?.signal('SIGSTOP');
      await pause(ms);
      worker?.signal('SIGCONT');
    };
    return [
      ['worker killed', async () => anyWorker()?.signal('SIGKILL')],
      ['web killed', async () => web.signal('SIGKILL')],
      [
        'web frozen',
        async () => {
          web.signal('SIGSTOP');
          await pause(1_000);
          web.signal('SIGCONT');
        },
      ],
      ['worker frozen beyond its lease', () => freeze(site.leaseMs * 1.5)],
      ['Redis flushed', () => redis.flush()],
      [
        'connections cut',
        async () => {
          await site.sql`
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'baton worker %' AND random() < 0.5`.catch(
            () => [],
          );
        },
      ],
      ['Postgres restarted', restartPostgres],
      [
        'Redis stopped for a second',
        async () => {
          await redis.stop();
          await pause(1_000);
          await redis.start();
        },
      ],
      ['worker frozen for a moment', () => freeze(300)],
      [
        'all workers killed',
        async () => {
          for (const worker of site.cluster.workers) worker.signal('SIGKILL');
        },
      ],
    ];
  }
}

/** A sender tries until it has an answer: only then is a thing accepted. */
async function untilAccepted<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries > 300) throw error;
      await pause(100 + Math.random() * 200);
    }
  }
}
