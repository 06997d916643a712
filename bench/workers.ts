/** The worker processes of a case, seen as one. */
import { sleep } from './measure';
import type { CaseConfig, FloorCall, Mark, Watch, WorkerReport } from './protocol';
import { WorkerHandle } from './workerHandle';

export class Workers {
  readonly #handles: readonly [WorkerHandle, ...WorkerHandle[]];

  constructor(config: CaseConfig) {
    const more = Array.from({ length: config.workers - 1 }, () => new WorkerHandle(config));
    this.#handles = [new WorkerHandle(config), ...more];
  }

  async ready(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.ready()));
  }

  async reset(watch: Watch): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.reset(watch)));
  }

  /** Resolves when so many executions have passed the mark, wherever they run. */
  async reached(mark: 'first' | 'done', count: number): Promise<void> {
    const [one, ...more] = this.#handles;
    if (more.length === 0) return one.reached(mark, count);
    for (;;) {
      const report = await this.report();
      if ((mark === 'first' ? report.firsts : report.ended) >= count) return;
      await sleep(50);
    }
  }

  marked(mark: Mark, id: string): Promise<number> {
    return Promise.any(this.#handles.map((handle) => handle.marked(mark, id)));
  }

  /** @param withTimes whether to tell when which execution ended. */
  async report(withTimes = false): Promise<WorkerReport> {
    const reports = await Promise.all(this.#handles.map((handle) => handle.report(withTimes)));
    const sum = (of: (report: WorkerReport) => number) => reports.reduce((total, report) => total + of(report), 0);
    return {
      cpuSeconds: sum((report) => report.cpuSeconds),
      rssMegabytes: Math.max(...reports.map((report) => report.rssMegabytes)),
      firsts: sum((report) => report.firsts),
      stepsRun: sum((report) => report.stepsRun),
      stepsRepeated: sum((report) => report.stepsRepeated),
      ended: sum((report) => report.ended),
      doneAtMs: reports.flatMap((report) => report.doneAtMs),
    };
  }

  call(call: FloorCall): Promise<void> {
    return this.#handles[0].call(call);
  }

  coldStart(id: string): Promise<number | null> {
    return this.#handles[0].coldStart(id);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.stop()));
  }
}
