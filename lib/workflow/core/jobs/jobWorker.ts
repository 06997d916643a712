/**
 * Runs dispatched actions: claims jobs, renews the claims while the handlers run, and gives outcomes to the inboxes of
 * their executions. Any number of job workers may run, beside the engine or alone; any may be killed at any time.
 */
import { recordError, UnknownActionError } from '../../model/errors';
import type { JsonValue } from '../../model/json';
import type { HintPublisher } from '../../model/ports/hints';
import type { ClaimedJob, JobStore, JobTransport } from '../../model/ports/jobs';
import type { Logger } from '../../model/ports/telemetry';
import type { ActionRegistry } from '../actionRegistry';
import { AttemptAbortedError } from '../actions/attempt';
import { Cut } from '../actions/cut';
import { checkParameters } from '../actions/inputs';
import { policyOf } from '../actions/policies';
import { backoffMs, shouldRetry } from '../actions/retryPolicy';
import { runSimple, type ActionClock, type HandlerOutcome } from '../actions/runHandler';
import type { RegisteredSimpleAction } from '../actions/types';
import { JobClaim } from './jobClaim';

export interface JobWorkerParts {
  readonly store: JobStore;
  readonly transport: JobTransport;
  readonly registry: ActionRegistry;
  /** Wakes the owner of an execution whose job is done. */
  readonly hints: HintPublisher;
  readonly logger: Logger;
  readonly clock: ActionClock;
  /** Names this process in the rows of jobs. */
  readonly claimedBy: string;
  /** Jobs at the same time. */
  readonly concurrency: number;
  /** Characters that a result may have; the default unless given. */
  readonly mostResult?: number;
}

/** This worker lacks the code of a job: another one may have it, or a deploy brings it. */
const unknownActionPauseMs = 5_000;

/** Nobody has heard of a job for longer than its `heartbeatTimeoutMs`. */
class JobLostError extends Error {
  readonly code = 'job_lost';
  readonly transient = true;
  constructor(actionName: string) {
    super(`The process that ran "${actionName}" was not heard of any more.`);
    this.name = 'JobLostError';
  }
}

export class JobWorker {
  readonly #parts: JobWorkerParts;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: JobWorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { transport, concurrency } = this.#parts;
    transport.listen({ concurrency, onJob: (jobId) => this.#claimAndRun(jobId) });
    this.#look();
  }

  /** Jobs that this process runs now. */
  get running(): number {
    return this.#running.size;
  }

  /** Waits so long for jobs under way; what is not done by then is given back and runs elsewhere. */
  async stop(drainMs: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const drained = new AbortController();
    const isQuiet = Promise.allSettled([...this.#running]).then(() => drained.abort());
    if (this.#running.size > 0) await this.#parts.clock.pause(drainMs, drained.signal);
    this.#stopping.abort();
    await this.#looking;
    await Promise.allSettled([isQuiet, ...this.#running]);
  }

  #look(): void {
    if (this.#stopping.signal.aborted) return;
    this.#looking = this.#lookOnce().catch((error: unknown) => {
      this.#parts.logger.warn({ error }, 'Jobs could not be looked for; trying again.');
    });
    void this.#looking.then(() => {
      if (this.#stopping.signal.aborted) return;
      this.#timer = setTimeout(() => this.#look(), this.#parts.transport.lookEveryMs);
      this.#timer.unref();
    });
  }

  async #lookOnce(): Promise<void> {
    const { store, claimedBy, concurrency } = this.#parts;
    for (;;) {
      const lost = await store.takeLost({ claimedBy });
      if (!lost) break;
      await this.#redispatch(lost);
    }
    while (!this.#stopping.signal.aborted && this.#running.size < concurrency) {
      const job = await store.claim({ jobId: null, claimedBy });
      if (!job) return;
      void this.#track(job);
    }
  }

  async #claimAndRun(jobId: string): Promise<void> {
    const { store, claimedBy, concurrency, logger } = this.#parts;
    if (this.#stopping.signal.aborted || this.#running.size >= concurrency) return;
    try {
      const job = await store.claim({ jobId, claimedBy });
      if (job) await this.#track(job);
    } catch (error) {
      logger.warn({ error, jobId }, 'A job could not be claimed; it will be looked for.');
    }
  }

  #track(job: ClaimedJob): Promise<void> {
    const run = this.#run(job).catch((error: unknown) => {
      // Its claim runs out, and it is dispatched again.
      this.#parts.logger.error({ error, jobId: job.jobId }, 'A job could not be brought to its end.');
    });
    this.#running.add(run);
    return run.finally(() => this.#running.delete(run));
  }

  async #run(job: ClaimedJob): Promise<void> {
    const { store, registry } = this.#parts;
    const { jobId, token } = job;
    const definition = registry.getAction(job.actionName);
    if (definition?.kind !== 'simple') {
      // With the reason: whoever looks for stuck executions sees that it was not taken.
      const error = recordError(new UnknownActionError(job.actionName));
      await store.giveBack({ jobId, token, delayMs: unknownActionPauseMs, counts: false, error });
      return;
    }
    let params: JsonValue = job.args;
    let outcome: HandlerOutcome;
    try {
      const checked = await checkParameters(definition, job.args);
      params = checked.recorded;
      outcome = await this.#runHandler(job, definition, checked.params);
    } catch (error) {
      outcome = { kind: 'failed', error, attempts: job.attempt };
    }
    await this.#settle(job, params, outcome);
  }

  async #runHandler(
    job: ClaimedJob,
    definition: RegisteredSimpleAction,
    params: Parameters<RegisteredSimpleAction['handler']>[0],
  ): Promise<HandlerOutcome> {
    const { store, clock, logger } = this.#parts;
    const { tenant, executionId, commandId, correlationId, jobId, token, attempt } = job;
    const cut = new Cut(this.#stopping.signal);
    const claim = new JobClaim({ store, job, onLost: () => cut.abort(new AttemptAbortedError()) });
    try {
      return await runSimple({
        definition,
        policy: policyOf(definition),
        params,
        attemptsBefore: attempt - 1,
        firstStartedAtMs: job.createdAtMs,
        notBeforeMs: 0,
        cut,
        clock,
        mostResult: this.#parts.mostResult,
        about: {
          tenant,
          executionId,
          commandId,
          correlationId,
          eventId: null,
          idempotencyKey: `${executionId}:${commandId}`,
        },
        logger: () => logger.child({ tenant, executionId, commandId, jobId, action: definition.name }),
        report: (progress) => claim.report(progress),
        // The next attempt belongs to whoever claims the job then.
        onRetry: async ({ error, nextAttemptAtMs }) => {
          const delayMs = Math.max(0, nextAttemptAtMs - clock.now());
          await store.giveBack({ jobId, token, delayMs, counts: true, error: recordError(error) });
          await this.#parts.transport.announce({ jobId, delayMs });
          return 'stop';
        },
      });
    } finally {
      await claim.stop();
    }
  }

  async #settle(job: ClaimedJob, params: JsonValue, outcome: HandlerOutcome): Promise<void> {
    const { store } = this.#parts;
    const { jobId, token } = job;
    switch (outcome.kind) {
      case 'completed':
        return this.#finish(job, { jobId, token, params, status: 'completed', resultText: outcome.resultText });
      case 'failed':
        return this.#finish(job, { jobId, token, params, status: 'failed', error: recordError(outcome.error) });
      case 'recorded':
      case 'stopped':
        // Ours still only where this process stops: then it runs elsewhere at once.
        await store.giveBack({ jobId, token, delayMs: 0, counts: false, error: null });
    }
  }

  async #finish(job: ClaimedJob, end: Parameters<JobStore['finish']>[0]): Promise<void> {
    const { store, hints, logger } = this.#parts;
    const done = await store.finish(end);
    if (done) await hints.publish({ hints: [done] });
    else
      logger.warn(
        { jobId: job.jobId },
        'A job ended here after it was given to somebody else: this outcome is dropped.',
      );
  }

  async #redispatch(job: ClaimedJob): Promise<void> {
    const { registry, store, clock, transport, logger } = this.#parts;
    const { jobId, token, attempt, actionName } = job;
    const error = new JobLostError(actionName);
    const definition = registry.getAction(actionName);
    logger.warn({ jobId, attempt, action: actionName }, 'A job is not heard of any more.');
    const policy = definition && policyOf(definition);
    if (policy && !shouldRetry(policy, attempt, error)) {
      return this.#finish(job, { jobId, token, params: job.args, status: 'failed', error: recordError(error) });
    }
    const delayMs = policy ? backoffMs(policy, attempt, clock.random()) : unknownActionPauseMs;
    await store.giveBack({ jobId, token, delayMs, counts: true, error: recordError(error) });
    await transport.announce({ jobId, delayMs });
  }
}
