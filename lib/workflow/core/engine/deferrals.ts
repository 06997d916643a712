/**
 * Executions whose code this worker lacks. Each is looked at again after a pause that doubles from 1 s to 60 s, and is
 * let go as soon as its code is here. What has been deferred for long tells the worker which partitions other workers
 * would serve better.
 */
import { hashText } from '../../model/hash';
import { recordError, WorkflowNotFoundError } from '../../model/errors';
import type { Scheduler, TimerHandle } from '../../model/ports/scheduler';
import type { ExecutionKey, ExecutionStore, LoadedExecution } from '../../model/ports/store';
import type { Logger } from '../../model/ports/telemetry';
import type { WorkflowDefinition } from '../../model/workflow';
import type { EngineClock } from './clock';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** One that was looked at and is not deferred again has ended, or is held by a decision. */
const forgottenAfterMs = 30_000;

/** A partition with executions that have waited too long for code, and the code: `name@version`. */
export interface Misplaced {
  readonly partitionId: number;
  readonly missing: readonly string[];
}

interface Waiting extends ExecutionKey {
  readonly code: string;
  readonly sinceMs: number;
  readonly attempts: number;
  /** null: it is being looked at. */
  timer: TimerHandle | null;
  lookedAtMs: number;
}

/** The pause before attempt n + 1. Half of it is fixed; the rest differs between executions, so that they spread. */
export function deferralPauseMs(executionId: string, attempts: number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));
  const share = parseInt(hashText(`${executionId}:${attempts}`).slice(0, 4), 16) / 0xffff;
  return Math.round(full / 2 + (full / 2) * share);
}

export class Deferrals {
  readonly #waiting = new Map<string, Waiting>();

  constructor(
    private readonly ports: {
      readonly workerId: string;
      readonly store: Pick<ExecutionStore, 'defer' | 'findDeferred' | 'resolveDeferrals'>;
      readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
      readonly clock: EngineClock;
      readonly scheduler: Scheduler;
      readonly logger: Logger;
      readonly wake: (keys: readonly ExecutionKey[]) => void;
    },
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether it is left alone now. */
  isWaiting(executionId: string): boolean {
    return (this.#waiting.get(executionId)?.timer ?? null) !== null;
  }

  /** The code of these is not here. Noted in one statement; where that fails they are looked at again all the same. */
  async defer(executions: readonly LoadedExecution[]): Promise<void> {
    const { store, workerId, logger } = this.ports;
    const deferrals = executions
      .filter(({ executionId }) => !this.isWaiting(executionId))
      .map((execution) => {
        const { executionId, partitionId } = execution;
        const { code, attempts } = this.#wait(execution);
        const retryAfterMs = deferralPauseMs(executionId, attempts);
        return { executionId, partitionId, retryAfterMs, error: recordError(new WorkflowNotFoundError(code)) };
      });
    if (deferrals.length === 0) return;
    try {
      await store.defer({ workerId, deferrals });
    } catch (error) {
      logger.warn({ error, workerId }, 'It could not be noted which executions lack their code');
    }
  }

  /** The code of one that may have waited for it is here. */
  arrived({ executionId, partitionId }: ExecutionKey): void {
    const waited = this.#waiting.get(executionId);
    if (!waited) return;
    this.ports.scheduler.clearTimer(waited.timer ?? undefined);
    this.#waiting.delete(executionId);
    void this.#resolve([{ executionId, partitionId }]);
  }

  /** These partitions are this worker's now: what others deferred in them waits no more if its code is here. */
  async adopted(partitions: readonly number[]): Promise<void> {
    const { store, definition, logger, workerId } = this.ports;
    try {
      const deferred = await store.findDeferred({ partitions });
      await this.#resolve(
        deferred.filter((each) => each.isEnded || definition(each.workflowName, each.workflowVersion)),
      );
    } catch (error) {
      logger.warn({ error, workerId }, 'Deferred executions could not be looked up');
    }
  }

  /** Partitions with executions deferred here for longer than that, and what they wait for. */
  misplaced(patienceMs: number): readonly Misplaced[] {
    if (this.#waiting.size === 0) return [];
    const nowMs = this.ports.clock.nowMs();
    const missing = new Map<number, Set<string>>();
    for (const [id, { partitionId, code, sinceMs, timer, lookedAtMs }] of this.#waiting) {
      if (timer === null && nowMs - lookedAtMs > forgottenAfterMs) this.#waiting.delete(id);
      if (timer === null || nowMs - sinceMs < patienceMs) continue;
      const codes = missing.get(partitionId) ?? new Set();
      missing.set(partitionId, codes.add(code));
    }
    return [...missing].map(([partitionId, codes]) => ({ partitionId, missing: [...codes].sort() }));
  }

  /** These partitions are somebody else's now. */
  leave(partitions: ReadonlySet<number>): void {
    for (const [id, { partitionId, timer }] of this.#waiting) {
      if (!partitions.has(partitionId)) continue;
      this.ports.scheduler.clearTimer(timer ?? undefined);
      this.#waiting.delete(id);
    }
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) this.ports.scheduler.clearTimer(timer ?? undefined);
    this.#waiting.clear();
  }

  #wait({ executionId, partitionId, workflowName, workflowVersion }: LoadedExecution): Waiting {
    const { clock, scheduler, wake } = this.ports;
    const before = this.#waiting.get(executionId);
    const attempts = (before?.attempts ?? 0) + 1;
    const sinceMs = before?.sinceMs ?? clock.nowMs();
    const code = `${workflowName}@${workflowVersion}`;
    const waiting: Waiting = { executionId, partitionId, code, sinceMs, attempts, timer: null, lookedAtMs: sinceMs };
    waiting.timer = scheduler.setTimer({
      delayMs: deferralPauseMs(executionId, attempts),
      run: () => {
        waiting.timer = null;
        waiting.lookedAtMs = clock.nowMs();
        wake([{ executionId, partitionId }]);
      },
    });
    this.#waiting.set(executionId, waiting);
    return waiting;
  }

  async #resolve(executions: readonly ExecutionKey[]): Promise<void> {
    if (executions.length === 0) return;
    const { store, workerId, logger } = this.ports;
    try {
      await store.resolveDeferrals({ workerId, executions });
    } catch (error) {
      logger.warn({ error, workerId }, 'It could not be noted that executions have their code');
    }
  }
}
