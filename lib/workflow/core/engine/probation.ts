/**
 * Executions that may be why a worker ended: those at work where the last owner did not say goodbye, and those that are
 * known to have been there when a worker ended. They are noted in the store before they first run, and forgotten when
 * nothing of theirs is under way any more, their actions included, or when they have run for long without harm. Those
 * that are known run again in half the company at most, for longer than the worker lived with them: so the company
 * shrinks with each worker that ends until one is left, and strikes are its own. Everybody else costs nothing here.
 * `docs/decisions/suspects-side-by-side.md` says why.
 */
import type { Examination, Suspect } from '../../model/ports/failures';
import type { ExecutionKey, ExecutionStore } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';

/** What has run so long has shown that it does not end its worker: an action of hours must not be blamed for a crash. */
const provenAfterMs = 600_000;
/** How long a suspect keeps others from beginning at least, where it has not come to rest before. */
const standsForMs = 5_000;
/** And longer than it ran in the worker that ended: by so much. */
const standsLonger = 1.5;

interface Noted {
  readonly key: ExecutionKey;
  readonly sinceMs: number;
}

/** What counts for who may begin beside it. */
type Standing = Pick<Suspect, 'strikes' | 'company' | 'ranMs'>;

type Candidate = ExecutionKey & { readonly status: ExecutionStatus };

export class Probation {
  readonly #strikes = new Map<string, Suspect>();
  readonly #unclean = new Set<number>();
  /** Chosen for rounds that are under way. */
  readonly #running = new Map<string, Standing>();
  /** Noted in the store as running here. */
  readonly #noted = new Map<string, Noted>();

  constructor(
    private readonly ports: {
      readonly workerId: string;
      readonly store: Pick<ExecutionStore, 'noteActivations' | 'clearActivations' | 'handOverActivations'>;
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
        this.#strikes.set(executionId, { executionId, partitionId, commandId: null, ...fresh });
    }
    for (const partition of partitions) this.#unclean.delete(partition);
  }

  /** Nobody is on probation. */
  get isEmpty(): boolean {
    return this.#strikes.size + this.#unclean.size + this.#noted.size + this.#running.size === 0;
  }

  /** Those that are known to have been there come first, the shortest time first: who began later is told apart so. */
  inOrder<Key extends ExecutionKey>(ready: ReadonlyMap<string, Key>): readonly (readonly [string, Key])[] {
    const suspects: (readonly [string, Key])[] = [];
    const others: (readonly [string, Key])[] = [];
    for (const each of ready) (this.#isKnown(each[0]) ? suspects : others).push(each);
    const ranMs = (id: string) => this.#strikes.get(id)?.ranMs ?? 0;
    return [...suspects.sort(([a], [b]) => ranMs(a) - ranMs(b)), ...others];
  }

  /** Chooses for a round: asked of each in turn that would be in it, answers whether it may. */
  admission(): (key: ExecutionKey) => boolean {
    const running = this.#running;
    const atWork: Standing[] = [...new Map([...running, ...this.#begunLately()]).values()];
    const awaitsOrder = this.#unclean.size > 0 && [...this.#strikes.keys()].some((id) => this.#isKnown(id));
    return ({ executionId, partitionId }) => {
      // What was begun goes on: nobody may have to wait for what only its next round can bring.
      if (this.#noted.has(executionId)) return true;
      const suspect = this.#strikes.get(executionId);
      // Until all that was at work is known: those that are known to have been there before come first.
      if (suspect === undefined) return !(awaitsOrder && this.#unclean.has(partitionId));
      if (!atWork.every((other) => mayStandTogether(suspect, other, atWork.length + 1))) return false;
      running.set(executionId, suspect);
      atWork.push(suspect);
      return true;
    };
  }

  #isKnown(executionId: string): boolean {
    const suspect = this.#strikes.get(executionId);
    return suspect !== undefined && !isFresh(suspect);
  }

  /** Noted ones that may still be about to end this worker. Of handlers that hold up the loop more is known than that. */
  #begunLately(): readonly (readonly [string, Standing])[] {
    const nowMs = this.ports.clock.nowMs();
    return [...this.#noted.values()].flatMap(({ key, sinceMs }) => {
      const suspect = this.#strikes.get(key.executionId);
      const { ranMs, commandId = null } = suspect ?? { ranMs: 0 };
      const standsMs = Math.max(standsForMs, ranMs * standsLonger);
      return commandId === null && nowMs < sinceMs + standsMs ? [[key.executionId, suspect ?? fresh] as const] : [];
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

  /** Commits that these are about to run here. */
  async note(executions: readonly ExecutionKey[]): Promise<void> {
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

  /** Forgets those of these that were noted and are at rest here. The next owner is told of the others. */
  async handOver(left: readonly ExecutionKey[], isQuiet: (executionId: string) => boolean): Promise<void> {
    await this.clear(left, isQuiet);
    const executions = left.filter(({ executionId }) => this.#noted.has(executionId));
    if (executions.length === 0) return;
    const { workerId, store } = this.ports;
    await store.handOverActivations({ workerId, executions });
    for (const { executionId } of executions) this.#noted.delete(executionId);
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

/** One of which nothing is known but that it was at work. */
const fresh: Standing = { strikes: 0, company: 0, ranMs: 0 };

const isFresh = ({ strikes, company }: Standing): boolean => strikes === 0 && company === 0;

/** In how large a company it may run: half of the last, so that it or the others are cleared. */
const roomOf = (suspect: Standing): number =>
  isFresh(suspect) ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(suspect.company / 2));

function mayStandTogether(one: Standing, other: Standing, size: number): boolean {
  return isFresh(one) === isFresh(other) && size <= Math.min(roomOf(one), roomOf(other));
}
