/** The worker process of a case, seen from the client. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workerFlags } from '../scripts/lib/workerFlags.mjs';
import type { CaseConfig, FloorCall, FromWorker, Mark, ToWorker, Watch, WorkerReport } from './protocol';

const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A hundred thousand executions on a slow machine take minutes. */
const patienceMs = 1_200_000;

type Marked = Extract<FromWorker, { type: 'marked' }>;
type Numbered = Extract<ToWorker, { seq: number }>;
type Reply = Extract<FromWorker, { type: 'reply' }>;

export class WorkerHandle {
  readonly #child: ChildProcess;
  readonly #replies = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  readonly #watchers = new Set<(message: FromWorker) => boolean>();
  /** When which mark was passed, since the last reset. */
  readonly #marks = new Map<string, number>();
  #seq = 0;
  #failed: (error: Error) => void = () => undefined;
  /** Rejects when the process ends before it was told to. */
  readonly #failure = new Promise<never>((_, reject) => (this.#failed = reject));

  constructor(config: CaseConfig) {
    const profile =
      config.profileDir === null
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${config.profileDir}`, '--cpu-prof-interval=500'];
    this.#child = fork(script, [JSON.stringify(config)], {
      execArgv: [...workerFlags, '--import', 'tsx', ...profile],
      // Log lines go where a service manager would take them, and not into the report.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#failure.catch(() => undefined);
    this.#child.on('exit', (code, signal) =>
      this.#failed(new Error(`The worker process ended early (${signal ?? code}).`)),
    );
    this.#child.on('message', (message: FromWorker) => this.#receive(message));
  }

  async ready(): Promise<void> {
    await this.#until((message) => message.type === 'ready');
  }

  /** Forgets all marks. `watch`: which marks are told of as they come, for `marked`. */
  async reset(watch: Watch): Promise<void> {
    await this.#ask((seq) => ({ type: 'reset', seq, watch }));
    this.#marks.clear();
  }

  /** Resolves when so many executions have passed the mark. */
  async reached(mark: 'first' | 'done', count: number): Promise<void> {
    const reached = this.#until((message) => message.type === 'reached');
    this.#child.send({ type: 'target', mark, count } satisfies ToWorker);
    await reached;
  }

  /** The instant at which an execution passed or passes a mark. */
  async marked(mark: Mark, id: string): Promise<number> {
    const known = this.#marks.get(`${mark} ${id}`);
    if (known !== undefined) return known;
    const message = await this.#until((each) => each.type === 'marked' && each.mark === mark && each.id === id);
    return (message as Marked).atMs;
  }

  async report(withTimes = false): Promise<WorkerReport> {
    const { report } = await this.#ask((seq) => ({ type: 'report', seq, withTimes }));
    if (report === undefined) throw new Error('The worker process sent no report.');
    return report;
  }

  /** See `Subject.coldStart`; null where there is nothing to bring back. */
  async coldStart(id: string): Promise<number | null> {
    return (await this.#ask((seq) => ({ type: 'coldStart', seq, id }))).coldStartMs ?? null;
  }

  async call(call: FloorCall): Promise<void> {
    await this.#ask((seq) => ({ type: 'call', seq, call }));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#failed = () => undefined;
    this.#child.send({ type: 'stop' } satisfies ToWorker);
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(force);
  }

  #ask(message: (seq: number) => Numbered): Promise<Reply> {
    this.#seq += 1;
    const seq = this.#seq;
    const replied = new Promise<Reply>((resolve, reject) => this.#replies.set(seq, { resolve, reject }));
    this.#child.send(message(seq));
    return Promise.race([replied, this.#failure]);
  }

  #until(matches: (message: FromWorker) => boolean): Promise<FromWorker> {
    let timer: NodeJS.Timeout | undefined;
    const found = new Promise<FromWorker>((resolve, reject) => {
      const watcher = (message: FromWorker): boolean => {
        if (matches(message)) resolve(message);
        return matches(message);
      };
      this.#watchers.add(watcher);
      timer = setTimeout(() => {
        this.#watchers.delete(watcher);
        reject(new Error('The bench stands still: what it waits for did not happen.'));
      }, patienceMs).unref();
    });
    return Promise.race([found, this.#failure]).finally(() => clearTimeout(timer));
  }

  #receive(message: FromWorker): void {
    if (message.type === 'reply') {
      const reply = this.#replies.get(message.seq);
      this.#replies.delete(message.seq);
      if (message.error === undefined) reply?.resolve(message);
      else reply?.reject(new Error(message.error));
      return;
    }
    if (message.type === 'marked') this.#marks.set(`${message.mark} ${message.id}`, message.atMs);
    for (const watcher of this.#watchers) if (watcher(message)) this.#watchers.delete(watcher);
  }
}
