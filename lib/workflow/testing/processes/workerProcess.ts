/** A worker process seen from the test that started it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { compileFixtureWorker } from './compiledFixture';
import type { ArmedPoint } from './killPoints';
import type { FixtureConfig, FromWorker, ToWorker } from './protocol';

const fixture = compileFixtureWorker();
const outputKept = 40_000;
const linesShown = 12;
const lineLength = 320;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #seen = new Set<FromWorker['type']>();
  #watchers: (() => void)[] = [];
  #output = '';
  workerId: string | null = null;
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<Ended>;
  hasEnded = false;

  constructor(config: FixtureConfig) {
    this.#child = spawn(process.execPath, [fixture, JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString()).slice(-outputKept)));
    }
    this.#child.on('message', (message: FromWorker) => {
      this.#seen.add(message.type);
      this.#notify();
    });
    this.ended = once(this.#child, 'exit').then(([code, signal]) => {
      this.hasEnded = true;
      this.#notify();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last of what it wrote: warnings and errors, one line each. */
  get output(): string {
    return this.#output
      .split('\n')
      .slice(-linesShown)
      .map((line) => line.slice(0, lineLength))
      .join('\n');
  }

  /** Makes it a worker, once its modules are loaded. Resolves when it works; rejects when it ends first. */
  async run(workerId: string, replaces: string | null): Promise<void> {
    this.workerId = workerId;
    await this.#until('loaded');
    this.#send({ type: 'run', workerId, replaces });
    await this.#until('running');
  }

  async arm(armed: ArmedPoint): Promise<void> {
    await this.#until('loaded');
    this.#seen.delete('armed');
    this.#send({ type: 'arm', armed });
    await this.#until('armed').catch(() => undefined);
  }

  disarm(): void {
    this.#send({ type: 'disarm' });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Whether the kernel holds it stopped. */
  get isStopped(): boolean {
    if (this.hasEnded) return false;
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    } catch {
      return false;
    }
  }

  get foundItselfFenced(): boolean {
    return this.#seen.has('fenced');
  }

  /** Asks for an orderly end, and makes sure of an end. */
  async stop(): Promise<Ended> {
    if (!this.hasEnded) this.#send({ type: 'stop' });
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    const ended = await this.ended;
    clearTimeout(force);
    return ended;
  }

  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  async #until(type: FromWorker['type']): Promise<void> {
    while (!this.#seen.has(type)) {
      if (this.hasEnded) throw new Error(`Worker process ${this.pid} ended before it was ${type}.\n${this.#output}`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  #notify(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
