/**
 * Some worker processes on one database and one Redis. Whoever dies is replaced, every other time naming the dead one
 * so that the takeover needs no expired lease. Spare processes with their modules loaded stand by.
 */
import { randomUUID } from 'node:crypto';
import type { Fate, KillPoint } from './killPoints';
import type { FixtureConfig } from './protocol';
import { WorkerProcess, type Ended } from './workerProcess';

export interface Death extends Ended {
  readonly slot: number;
  readonly workerId: string | null;
  readonly output: string;
}

interface Aim {
  readonly point: KillPoint;
  readonly fate: Fate;
  /** Deaths still to come, by slot. */
  readonly remaining: Map<number, number>;
}

const sparesKept = 2;

export class WorkerCluster {
  readonly #config: FixtureConfig;
  readonly #slots: WorkerProcess[] = [];
  readonly #restarts = new Set<Promise<void>>();
  readonly deaths: Death[] = [];
  readonly #spares: WorkerProcess[] = [];
  #aim: Aim | null = null;
  #namePredecessor = false;
  #closing = false;

  constructor(config: FixtureConfig) {
    this.#config = config;
  }

  get workers(): readonly WorkerProcess[] {
    return this.#slots;
  }

  get kills(): number {
    return this.deaths.filter(({ signal }) => signal === 'SIGKILL').length;
  }

  async start(count: number): Promise<void> {
    for (let spare = 0; spare < count; spare += 1) this.#spares.push(new WorkerProcess(this.#config));
    await Promise.all(Array.from({ length: count }, (_, slot) => this.#occupy(slot, null)));
  }

  /**
   * Lets the workers of these slots meet their fate at a point. A worker that ends for another reason, such as a lease
   * that ran out on a busy machine, leaves its fate to its successor.
   * @param options.deaths how many workers of each slot are to be killed.
   * @param options.spread each worker's is another occurrence of the point; else the first.
   */
  async aim(
    point: KillPoint,
    fate: Fate,
    {
      slots = [0, 1, 2],
      deaths = 1,
      spread = true,
    }: { readonly slots?: readonly number[]; readonly deaths?: number; readonly spread?: boolean } = {},
  ): Promise<void> {
    this.#aim = { point, fate, remaining: new Map(slots.map((slot) => [slot, deaths])) };
    await Promise.all(slots.map((slot) => this.#slots[slot]?.arm({ point, fate, occurrence: spread ? slot + 1 : 1 })));
  }

  /** Whether all deaths aimed at have happened. */
  get isAimMet(): boolean {
    return (this.#aim?.remaining.size ?? 0) === 0;
  }

  disarm(): void {
    this.#aim = null;
    for (const worker of this.#slots) worker.disarm();
  }

  /** Resolves when all restarts so far are done. */
  async settled(): Promise<void> {
    while (this.#restarts.size > 0) await Promise.all(this.#restarts);
  }

  async stop(): Promise<readonly Ended[]> {
    this.#closing = true;
    await this.settled();
    return Promise.all([...this.#slots, ...this.#spares].map((worker) => worker.stop()));
  }

  /** What workers that are running now, and those that died lately, warned about. */
  report(): string {
    const dead = this.deaths.slice(-4).map(({ workerId, code, signal, output }) => {
      return `worker ${workerId} ended (${signal ?? code}):\n${output}`;
    });
    const alive = this.#slots.map((worker) => `worker ${worker.workerId}:\n${worker.output}`);
    return [...dead, ...alive].join('\n');
  }

  async #occupy(slot: number, replaces: string | null): Promise<void> {
    const worker = this.#spares.shift() ?? new WorkerProcess(this.#config);
    if (this.#spares.length < sparesKept) this.#spares.push(new WorkerProcess(this.#config));
    this.#slots[slot] = worker;
    void worker.ended.then((ended) => this.#replace(slot, worker, ended));
    const aim = this.#aim;
    try {
      if (aim?.remaining.has(slot)) await worker.arm({ point: aim.point, fate: aim.fate, occurrence: 1 });
      await worker.run(randomUUID(), replaces);
    } catch {
      // One that dies while it starts is replaced like any other.
    }
  }

  #replace(slot: number, dead: WorkerProcess, ended: Ended): void {
    if (this.#closing) return;
    this.deaths.push({ ...ended, slot, workerId: dead.workerId, output: dead.output });
    if (ended.signal === 'SIGKILL') this.#countDeath(slot);
    this.#namePredecessor = !this.#namePredecessor;
    const restart = this.#occupy(slot, this.#namePredecessor ? dead.workerId : null);
    this.#restarts.add(restart);
    void restart.finally(() => this.#restarts.delete(restart));
  }

  #countDeath(slot: number): void {
    const remaining = this.#aim?.remaining.get(slot);
    if (remaining === undefined) return;
    if (remaining > 1) this.#aim?.remaining.set(slot, remaining - 1);
    else this.#aim?.remaining.delete(slot);
  }
}
