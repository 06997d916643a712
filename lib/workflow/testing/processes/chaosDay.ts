/**
 * Everything at once, in no order, under load: workers are killed and frozen, connections cut, Redis is flushed and
 * stopped, Postgres restarted. Whatever was accepted must end whole. After each misfortune some probes are sent, and
 * the time until the last of them has ended is the time to recover.
 */
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
  readonly kills: number;
  readonly deeds: readonly { readonly deed: string; readonly times: number; readonly recoveryMs: readonly number[] }[];
  readonly violations: readonly string[];
}

export interface ChaosOptions {
  readonly site: Site;
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

export async function chaosDay(options: ChaosOptions): Promise<ChaosReport> {
  const day = new ChaosDay(options);
  return day.run();
}

class ChaosDay {
  readonly #accepted: AttackedExecution[] = [];
  readonly #sending = new Set<Promise<void>>();
  readonly #recoveries = new Map<string, number[]>();
  #events = 0;

  constructor(private readonly options: ChaosOptions) {}

  async run(): Promise<ChaosReport> {
    const { site, durationMs } = this.options;
    const endsAt = performance.now() + durationMs;
    await Promise.all([this.#load(endsAt), this.#misfortunes(endsAt)]);
    await Promise.all(this.#sending);
    await untilEnded(site.sql, this.#accepted);
    const violations = await attackViolations(site.sql, this.#accepted);
    return {
      executions: this.#accepted.length,
      events: this.#events,
      kills: site.cluster.kills,
      deeds: [...this.#recoveries].map(([deed, recoveryMs]) => ({ deed, times: recoveryMs.length, recoveryMs })),
      violations,
    };
  }

  /** Each execution is two events: its start and its payment. */
  async #load(endsAt: number): Promise<void> {
    const perTick = (this.options.rate * tickMs) / 2_000;
    for (let owed = 0; performance.now() < endsAt; await pause(tickMs)) {
      for (owed += perTick; owed >= 1; owed -= 1) {
        const sending = this.#order(true).then(() => undefined);
        this.#sending.add(sending);
        void sending.finally(() => this.#sending.delete(sending));
      }
    }
  }

  async #order(waits: boolean): Promise<AttackedExecution> {
    const { runtime } = this.options.site;
    const executionId = await untilAccepted(() =>
      runtime.startWorkflow(chaosOrder.name, { tenant, initialData: { waits } }),
    );
    this.#events += 1;
    const expected = waits ? ['received', 'paid'] : ['received'];
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
      await this.#probe();
      this.#recoveries.set(name, [...(this.#recoveries.get(name) ?? []), performance.now() - beganAt]);
      await pause(200 + Math.random() * 500);
    }
  }

  async #probe(): Promise<void> {
    const sent = await Promise.all(Array.from({ length: probes }, () => this.#order(false)));
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
    const { site, redis, restartPostgres } = this.options;
    const anyWorker = () => site.cluster.workers[Math.floor(Math.random() * site.cluster.workers.length)];
    const freeze = async (ms: number) => {
      const worker = anyWorker();
      worker?.signal('SIGSTOP');
      await pause(ms);
      worker?.signal('SIGCONT');
    };
    return [
      ['worker killed', async () => anyWorker()?.signal('SIGKILL')],
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
