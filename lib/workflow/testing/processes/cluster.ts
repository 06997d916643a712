/**
 * Some worker processes on one database and one Redis. Whoever dies is replaced, every other time naming the dead one
 * so that the takeover needs no expired lease. Spare processes with their modules loaded stand by.
 */
import { randomUUID } from 'node:crypto';
import type { ArmedPoint, Fate, KillPoint } from './killPoints';
import type { FixtureConfig } from './protocol';
import { WorkerProcess, type Ended } from './workerProcess';

export interface Death extends Ended {
  readonly slot: number;
  readonly workerId: string | null;
  readonly output: string;
}

export class WorkerCluster {
  readonly #config: FixtureConfig;
  readonly #slots: WorkerProcess[] = [];
  readonly #restarts = new Set<Promise<void>>();
  readonly deaths: Death[] = [];
  readonly #spares: WorkerProcess[] = [];
  #armedAtBirth: ArmedPoint | null = null;
  #unborn = 0;
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
    for (let spare = 0; spare < count * 2; spare += 1) this.#spares.push(new WorkerProcess(this.#config));
    await Promise.all(Array.from({ length: count }, (_, slot) => this.#occupy(slot, null)));
  }

  /** Arms the point in every worker, each for another of its occurrences. */
  async armAll(point: KillPoint, fate: Fate): Promise<void> {
    await Promise.all(this.#slots.map((worker, slot) => worker.arm({ point, fate, occurrence: slot + 1 })));
  }

  /** Arms the point in the next so many workers before they begin: they die while they take over from others. */
  armNext(count: number, point: KillPoint, fate: Fate): void {
    this.#armedAtBirth = { point, fate, occurrence: 1 };
    this.#unborn = count;
  }

  disarmAll(): void {
    this.#unborn = 0;
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
    this.#spares.push(new WorkerProcess(this.#config));
    this.#slots[slot] = worker;
    void worker.ended.then((ended) => this.#replace(slot, worker, ended));
    if (this.#unborn > 0 && this.#armedAtBirth) {
      this.#unborn -= 1;
      await worker.arm(this.#armedAtBirth);
    }
    // One that dies while it starts is replaced like any other.
    await worker.run(randomUUID(), replaces).catch(() => undefined);
  }

  #replace(slot: number, dead: WorkerProcess, ended: Ended): void {
    if (this.#closing) return;
    this.deaths.push({ ...ended, slot, workerId: dead.workerId, output: dead.output });
    this.#namePredecessor = !this.#namePredecessor;
    const restart = this.#occupy(slot, this.#namePredecessor ? dead.workerId : null);
    this.#restarts.add(restart);
    void restart.finally(() => this.#restarts.delete(restart));
  }
}
