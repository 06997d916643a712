/**
 * Decisions about executions that are not at work in memory: paused, blocked on code, failed, of unknown code, or to be
 * terminated. None of their code is run here.
 */
import type { ExecutionFlush, ExecutionKey, ExecutionStore, LoadedExecution } from '../../model/ports/store';
import { failuresUndone } from '../../model/retries';
import type { CallUnderWay } from './actionCalls';
import { coldStep, pauseFlush, terminationFlush, type ColdStep, type SettledCall } from './coldSteps';

interface HeldPorts {
  readonly workerId: string;
  readonly store: Pick<ExecutionStore, 'takeDecisions'>;
  readonly nowMs: () => number;
  readonly hasCode: (execution: LoadedExecution) => boolean;
  /** Calls of an execution that run in this process, of copies that were dropped too. */
  readonly underWay: (executionId: string) => readonly CallUnderWay[];
  readonly interrupt: (executionId: string) => void;
  /** Answers with the ids whose changes are committed. */
  readonly write: (flushes: readonly ExecutionFlush[]) => Promise<ReadonlySet<string>>;
  readonly onWritten: (flush: ExecutionFlush, execution: LoadedExecution) => void;
  readonly wake: (keys: readonly ExecutionKey[]) => void;
}

export interface SortedExecutions {
  readonly toRun: readonly LoadedExecution[];
  readonly late: readonly LoadedExecution[];
  /** Handled by `handle`. */
  readonly held: readonly { readonly execution: LoadedExecution; readonly step: ColdStep }[];
}

export class HeldExecutions {
  readonly #ports: HeldPorts;
  /** What came of calls whose execution is to be terminated. */
  readonly #settled = new Map<string, readonly SettledCall[]>();
  readonly #awaited = new Set<string>();
  /** Calls of these ended since the execution was last asked for: what was loaded may not know their results. */
  readonly #endedSince = new Set<string>();

  constructor(ports: HeldPorts) {
    this.#ports = ports;
  }

  /** What is loaded from now on knows every result that is stored by now. */
  beginLoad(keys: readonly ExecutionKey[]): void {
    if (this.#endedSince.size === 0) return;
    for (const { executionId } of keys) this.#endedSince.delete(executionId);
  }

  /** A call ended whose execution is not at work here. */
  callEnded(executionId: string): void {
    this.#endedSince.add(executionId);
  }

  sort(loaded: readonly LoadedExecution[]): SortedExecutions {
    const toRun: LoadedExecution[] = [];
    const late: LoadedExecution[] = [];
    const held: SortedExecutions['held'][number][] = [];
    for (const execution of loaded) {
      const step = coldStep(execution, this.#ports.hasCode(execution));
      if (step === 'run') toRun.push(execution);
      else if (step === 'close_late') late.push(execution);
      else if (step !== 'none') held.push({ execution, step });
    }
    return { toRun, late, held };
  }

  /** Rejects what the store rejects; nothing is lost then, it is found again. */
  async handle(held: SortedExecutions['held']): Promise<void> {
    if (held.length === 0) return;
    const of = (step: ColdStep) => held.filter((each) => each.step === step).map(({ execution }) => execution);
    await this.#decide(of('decide'));
    const terminations = of('terminate').flatMap((execution) => {
      const flush = this.#termination(execution);
      return flush ? [{ execution, flush }] : [];
    });
    const steps = [...of('pause').map((execution) => ({ execution, flush: pauseFlush(execution) })), ...terminations];
    if (steps.length === 0) return;
    const won = await this.#ports.write(steps.map(({ flush }) => flush));
    for (const { execution, flush } of steps) {
      if (won.has(flush.executionId)) {
        this.#settled.delete(flush.executionId);
        this.#ports.onWritten(flush, execution);
      } else this.#ports.wake([flush]);
    }
  }

  async #decide(executions: readonly LoadedExecution[]): Promise<void> {
    if (executions.length === 0) return;
    const { store, workerId, wake, nowMs } = this.#ports;
    const items = executions.map(({ executionId, partitionId, history }) => ({
      executionId,
      partitionId,
      headSeq: history.length,
      atMs: Math.max(nowMs(), history.at(-1)?.at ?? 0),
      failuresUndone: failuresUndone(history),
    }));
    await store.takeDecisions({ workerId, items });
    // Whether they were taken or somebody was quicker: what is to be done now stands in the log.
    wake(executions);
  }

  /** Nothing yet, while calls are under way: their outcomes come before the end. */
  #termination(execution: LoadedExecution): ExecutionFlush | null {
    const { executionId } = execution;
    const { underWay, interrupt, nowMs, wake } = this.#ports;
    const calls = underWay(executionId);
    if (calls.length === 0) {
      if (this.#endedSince.has(executionId)) {
        wake([execution]);
        return null;
      }
      // Its jobs run elsewhere.
      interrupt(executionId);
      return terminationFlush(execution, this.#settled.get(executionId) ?? [], nowMs());
    }
    if (this.#awaited.has(executionId)) return null;
    this.#awaited.add(executionId);
    interrupt(executionId);
    void Promise.all(calls.map(async ({ command, outcome }) => ({ command, outcome: await outcome }))).then(
      (settled) => {
        this.#awaited.delete(executionId);
        this.#settled.set(executionId, settled);
        wake([execution]);
      },
    );
    return null;
  }
}
