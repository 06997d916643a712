/**
 * Executions that may be why a worker ended: those at work where the last owner did not say goodbye, and those with
 * strikes. They are noted in the store before they first run, and forgotten when nothing of theirs is under way any
 * more, their actions included, or when they have run for long without harm. One with strikes begins with no other such
 * beside it, so that the next strike meets the right one. Everybody else costs nothing here.
 */
import type { Examination, Suspect } from '../../model/ports/failures';
import type { ExecutionKey, ExecutionStore } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';

/** What has run so long has shown that it does not end its worker: an action of hours must not be blamed for a crash. */
const provenAfterMs = 60_000;
/** How long one with strikes keeps other suspects from beginning, where it has not come to rest before. */
const aloneForMs = 5_000;

interface Noted {
  readonly key: ExecutionKey;
  readonly sinceMs: number;
}

type Candidate = ExecutionKey & { readonly status: ExecutionStatus };

export class Probation {
  readonly #strikes = new Map<string, Suspect>();
  readonly #unclean = new Set<number>();
  /** Chosen for rounds that are under way. */
  readonly #running = new Map<string, { readonly strikes: number }>();
  /** Noted in the store as running here. */
  readonly #noted = new Map<string, Noted>();

  constructor(
    private readonly ports: {
      readonly workerId: string;
      readonly store: Pick<ExecutionStore, 'noteActivations' | 'clearActivations'>;
      readonly clock: { nowMs(): number };
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
    const begun = this.#begun('lately');
    let hasStruck = [...running.values(), ...begun].some(({ strikes }) => strikes > 0);
    return (executionId) => {
      const strikes = this.#strikes.get(executionId)?.strikes;
      // What was begun goes on: nobody may have to wait for what only its next round can bring.
      if (strikes === undefined || this.#noted.has(executionId)) return true;
      if (hasStruck || (strikes > 0 && running.size + begun.length > 0)) return false;
      hasStruck = strikes > 0;
      running.set(executionId, { strikes });
      return true;
    };
  }

  /** Noted ones that began since, or before. Of handlers that hold up the loop more is known than that. */
  #begun(when: 'lately' | 'long_ago'): readonly (Noted & { readonly strikes: number })[] {
    const beforeMs = this.ports.clock.nowMs() - aloneForMs;
    return [...this.#noted.values()].flatMap((noted) => {
      const { strikes = 0, commandId = null } = this.#strikes.get(noted.key.executionId) ?? {};
      const isMeant = commandId === null && noted.sinceMs > beforeMs === (when === 'lately');
      return isMeant ? [{ ...noted, strikes }] : [];
    });
  }

  isSuspect({ executionId, partitionId, status }: Candidate): boolean {
    if (this.#strikes.has(executionId)) return true;
    return this.#unclean.has(partitionId) && (status === 'running' || status === 'pending');
  }

  /** Whether the loop of a worker stood still while an action of it was under way. */
  isStruckByAction(executionId: string): boolean {
    return (this.#strikes.get(executionId)?.commandId ?? null) !== null;
  }

  /** Commits that these are about to run here. Those with strikes that have had their time alone are blamed no more. */
  async note(executions: readonly ExecutionKey[]): Promise<void> {
    const beginning = new Set(executions.map(({ executionId }) => executionId));
    const stood = this.#begun('long_ago').filter((each) => each.strikes > 0 && !beginning.has(each.key.executionId));
    await this.#forget(stood.map(({ key }) => key));
    const { workerId, store } = this.ports;
    const keys = executions.map(({ executionId, partitionId }) => ({ executionId, partitionId }));
    await store.noteActivations({ workerId, executions: keys });
    const nowMs = this.ports.clock.nowMs();
    for (const key of keys) {
      this.#noted.set(key.executionId, { key, sinceMs: this.#noted.get(key.executionId)?.sinceMs ?? nowMs });
    }
  }

  /** Noted as running here. */
  get noted(): readonly ExecutionKey[] {
    return [...this.#noted.values()].map(({ key }) => key);
  }

  isNoted(executionId: string): boolean {
    return this.#noted.has(executionId);
  }

  /** The round is over. */
  release(executionIds: readonly string[]): void {
    for (const id of executionIds) this.#running.delete(id);
  }

  /**
   * Forgets those of these that were noted and are at rest, or have run for long.
   * @param isQuiet whether nothing of it is under way. One whose handler held up the loop stays noted until then.
   */
  async clear(ran: readonly ExecutionKey[], isQuiet: (executionId: string) => boolean): Promise<void> {
    if (ran.length === 0) return;
    const provenBeforeMs = this.ports.clock.nowMs() - provenAfterMs;
    const executions = ran.flatMap(({ executionId: id }) => {
      const noted = this.#noted.get(id);
      if (!noted) return [];
      const isProven = noted.sinceMs <= provenBeforeMs && !this.isStruckByAction(id);
      return isProven || isQuiet(id) ? [noted.key] : [];
    });
    await this.#forget(executions);
  }

  async #forget(executions: readonly ExecutionKey[]): Promise<void> {
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
