/**
 * Executions that may be why a worker ended: those at work where the last owner did not say goodbye, and those with
 * strikes. Their first activation is noted in the store before it runs and forgotten afterwards. One with strikes runs
 * with no other such beside it, so that the next strike meets the right one. Everybody else costs nothing here.
 */
import type { Examination, Suspect } from '../../model/ports/failures';
import type { ExecutionKey, ExecutionStore } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';

type Candidate = ExecutionKey & { readonly status: ExecutionStatus };

export class Probation {
  readonly #strikes = new Map<string, Suspect>();
  readonly #unclean = new Set<number>();
  /** Chosen for rounds that are under way. */
  readonly #running = new Map<string, { readonly strikes: number }>();
  /** Noted in the store as running here. */
  readonly #noted = new Map<string, ExecutionKey>();

  constructor(
    private readonly ports: {
      readonly workerId: string;
      readonly store: Pick<ExecutionStore, 'noteActivations' | 'clearActivations'>;
    },
  ) {}

  /** Called before anything of newly owned partitions runs. */
  examined({ suspects, unclean }: Examination): void {
    for (const suspect of suspects) this.#strikes.set(suspect.executionId, suspect);
    for (const partition of unclean) this.#unclean.add(partition);
  }

  /** All that was at work in these partitions is known. */
  adopted(partitions: readonly number[], unfinished: readonly ExecutionKey[]): void {
    if (this.#unclean.size === 0) return;
    for (const { executionId, partitionId } of unfinished) {
      if (this.#unclean.has(partitionId) && !this.#strikes.has(executionId))
        this.#strikes.set(executionId, { executionId, partitionId, strikes: 0, commandId: null });
    }
    for (const partition of partitions) this.#unclean.delete(partition);
  }

  /** Nobody is on probation. */
  get isEmpty(): boolean {
    return this.#strikes.size + this.#unclean.size + this.#noted.size + this.#running.size === 0;
  }

  /** Chooses for a round: asked of each in turn that would be in it, answers whether it may. */
  admission(): (executionId: string) => boolean {
    const running = this.#running;
    let hasStruck = [...running.values()].some(({ strikes }) => strikes > 0);
    return (executionId) => {
      const strikes = this.#strikes.get(executionId)?.strikes;
      if (strikes === undefined) return true;
      if (hasStruck || (strikes > 0 && running.size > 0)) return false;
      hasStruck = strikes > 0;
      running.set(executionId, { strikes });
      return true;
    };
  }

  isSuspect({ executionId, partitionId, status }: Candidate): boolean {
    if (this.#strikes.has(executionId)) return true;
    return this.#unclean.has(partitionId) && (status === 'running' || status === 'pending');
  }

  /** Whether the loop of a worker stood still while an action of it was under way. */
  isStruckByAction(executionId: string): boolean {
    return (this.#strikes.get(executionId)?.commandId ?? null) !== null;
  }

  /** Commits that these are about to run here. */
  async note(executions: readonly ExecutionKey[]): Promise<void> {
    const { workerId, store } = this.ports;
    const keys = executions.map(({ executionId, partitionId }) => ({ executionId, partitionId }));
    await store.noteActivations({ workerId, executions: keys });
    for (const key of keys) this.#noted.set(key.executionId, key);
  }

  isNoted(executionId: string): boolean {
    return this.#noted.has(executionId);
  }

  /** The round is over. */
  release(executionIds: readonly string[]): void {
    for (const id of executionIds) this.#running.delete(id);
  }

  /**
   * Those of these that were noted have run.
   * @param isQuiet whether nothing of it is under way: one that was struck by an action's handler stays noted until then.
   */
  async clear(ran: readonly ExecutionKey[], isQuiet: (executionId: string) => boolean): Promise<void> {
    const mayGo = (id: string) => !this.isStruckByAction(id) || isQuiet(id);
    const executions = ran.flatMap(({ executionId }) => (mayGo(executionId) && this.#noted.get(executionId)) || []);
    if (executions.length === 0) return;
    const { workerId, store } = this.ports;
    await store.clearActivations({ workerId, executions });
    for (const { executionId } of executions) {
      this.#noted.delete(executionId);
      this.#strikes.delete(executionId);
    }
  }

  /** These partitions are somebody else's now. */
  leave(partitions: ReadonlySet<number>): void {
    for (const partition of partitions) this.#unclean.delete(partition);
    for (const [id, { partitionId }] of this.#strikes) if (partitions.has(partitionId)) this.#strikes.delete(id);
  }
}
