/** Executions that cannot go on: their row says why, and what cannot be written is put aside for people to look at. */
import { LimitError } from '../../model/limits';
import type { RecordedError } from '../../model/errors';
import type { LiveChange } from '../../model/ports/live';
import type { ExecutionKey, ExecutionStore, LoadedExecution } from '../../model/ports/store';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import { bareFlush } from './bareFlush';
import { blockedBy } from './blockedBy';
import type { LiveExecution } from './liveExecution';

/** Whether its code and its log disagree, or what it did cannot be written. */
export type BlockCause = 'code' | 'bad_row';

interface BlockPorts {
  readonly workerId: string;
  readonly codeVersion: string;
  readonly store: Pick<ExecutionStore, 'flush' | 'putAside'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly changed: (change: LiveChange) => void;
  /** It was not as believed: look at it anew. */
  readonly again: (keys: readonly ExecutionKey[]) => void;
  /** The store did not answer: look at these anew, after a pause. */
  readonly troubled: (keys: readonly ExecutionKey[]) => void;
}

export class Blocks {
  readonly #ports: BlockPorts;

  constructor(ports: BlockPorts) {
    this.#ports = ports;
  }

  /** Waits for a deploy or for people; nothing of what it did since its last commit is written. */
  async write(execution: LiveExecution | LoadedExecution, error: unknown, cause: BlockCause): Promise<void> {
    const { store, workerId, logger, metrics, codeVersion } = this.#ports;
    const { executionId, tenant } = execution;
    const history = 'history' in execution ? execution.history : null;
    const recorded = blockedBy(error, { codeVersion, history });
    if (error instanceof LimitError) {
      logger.error({ error, executionId, tenant, workerId }, 'Execution is blocked: it passed a limit');
      metrics.count({ counter: instruments.limits, labels: { limit: error.limit, outcome: 'blocked' } });
    } else {
      logger.error({ error, executionId, tenant, workerId }, 'Execution is blocked on its code');
      if (cause === 'code') metrics.count({ counter: instruments.nondeterminism });
    }
    try {
      if (cause === 'bad_row') await this.#putAside(execution, recorded);
      const expectedHead = 'history' in execution ? execution.history.length : execution.head;
      const flush = bareFlush(execution, { expectedHead, status: 'blocked_on_code', blockedBy: recorded });
      const won = await store.flush({ workerId, executions: [flush] });
      if (!won.has(executionId)) return this.#ports.again([execution]);
      this.#ports.changed({ tenant, topic: 'execution', id: executionId });
    } catch (failure) {
      logger.warn({ error: failure, executionId, workerId }, 'The block could not be written; it will show again');
      this.#ports.troubled([execution]);
    }
  }

  async #putAside({ executionId, partitionId }: ExecutionKey, error: RecordedError): Promise<void> {
    const { store, workerId, metrics } = this.#ports;
    const reason = `What the execution did cannot be written: ${error.message}`;
    await store.putAside({ workerId, execution: { executionId, partitionId }, kind: 'bad_row', reason, error });
    metrics.count({ counter: instruments.deadLetters, labels: { kind: 'bad_row' } });
  }
}
