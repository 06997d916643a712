import type { JsonValue } from '../../model/json';
import type { ClaimedJob, JobStore } from '../../model/ports/jobs';
import { storedCopy } from '../../model/values';

/** Keeps a claim alive while its handler runs, and carries what the handler tells of its progress. */
export class JobClaim {
  readonly #store: JobStore;
  readonly #job: ClaimedJob;
  readonly #onLost: () => void;
  readonly #timer: NodeJS.Timeout;
  #progress: JsonValue | undefined;
  #beating: Promise<void> | null = null;

  constructor({
    store,
    job,
    onLost,
  }: {
    readonly store: JobStore;
    readonly job: ClaimedJob;
    readonly onLost: () => void;
  }) {
    this.#store = store;
    this.#job = job;
    this.#onLost = onLost;
    this.#timer = setInterval(() => this.#beat(), job.heartbeatTimeoutMs / 3);
    this.#timer.unref();
  }

  /** The newest report counts: those that come while one is written are written together. */
  report(progress: unknown): void {
    this.#progress = storedCopy(progress, 'The progress of a job', 'progress');
    this.#beat();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#beating) await this.#beating;
  }

  #beat(): void {
    if (this.#beating) return;
    const progress = this.#progress;
    this.#progress = undefined;
    const { jobId, token } = this.#job;
    this.#beating = this.#store
      .heartbeat({ jobId, token, ...(progress === undefined ? {} : { progress }) })
      .then((isOurs) => {
        if (!isOurs) this.#onLost();
      })
      // The database did not answer: the next beat tries again, and finishing checks the claim anyway.
      .catch(() => undefined)
      .then(() => {
        this.#beating = null;
        if (this.#progress !== undefined) this.#beat();
      });
  }
}
