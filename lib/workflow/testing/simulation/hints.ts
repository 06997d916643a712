/** Hints between processes: lost, doubled and late as the dice fall, kept for the next owner while unacknowledged. */
import type { Hint, HintListener, HintSource, ReceivedHint } from '../../model/ports/hints';
import type { MemoryTables } from '../memory/tables';
import type { FaultDice } from './faults';
import type { StepOwner, VirtualTime } from './virtualTime';

interface Reader {
  readonly owner: StepOwner;
  partitions: ReadonlySet<number>;
  listener: HintListener | null;
}

interface Kept {
  readonly hint: ReceivedHint;
  /** The rows of the inbox that it tells of. */
  readonly rowIds: ReadonlySet<number>;
  reader: Reader | null;
}

export class SimulatedHints {
  /** Hints that were acknowledged while what they told of was not taken yet. */
  readonly violations: string[] = [];
  readonly #kept = new Map<string, Kept>();
  readonly #readers = new Set<Reader>();
  #lastToken = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly faults: FaultDice,
    private readonly tables: MemoryTables,
  ) {}

  publish(hint: Hint, afterMs = 0): void {
    const rows = afterMs > 0 ? [] : (this.tables.executions.get(hint.executionId)?.inbox ?? []);
    const rowIds = new Set(rows.map(({ rowId }) => rowId));
    for (const delayMs of this.faults.hintDelaysMs()) {
      this.time.schedule({
        delayMs: afterMs + delayMs,
        owner: null,
        label: `hint ${hint.executionId}`,
        run: () => this.#arrive(hint, rowIds),
      });
    }
  }

  /** Everything is lost; readers are told. */
  flush(): void {
    this.#kept.clear();
    for (const { owner, listener } of this.#readers) {
      this.time.schedule({ delayMs: 5, owner, label: 'hints heal', run: () => listener?.onHeal() });
    }
  }

  sourceFor(owner: StepOwner): HintSource {
    const reader: Reader = { owner, partitions: new Set(), listener: null };
    return {
      start: async ({ listener }) => {
        reader.listener = listener;
        this.#readers.add(reader);
      },
      setPartitions: ({ partitionIds }) => {
        const added = partitionIds.filter((id) => !reader.partitions.has(id));
        reader.partitions = new Set(partitionIds);
        for (const kept of this.#kept.values()) {
          if (added.includes(kept.hint.partitionId)) this.#deliver(kept, reader);
        }
      },
      acknowledge: async ({ hints }) => {
        for (const { token } of hints) {
          const kept = this.#kept.get(token);
          this.#kept.delete(token);
          if (kept) this.#checkTaken(kept, reader);
        }
      },
      stop: async () => {
        reader.listener = null;
        this.#readers.delete(reader);
      },
      state: () => (this.faults.plan.hints.absent ? 'absent' : 'up'),
    };
  }

  #arrive(hint: Hint, rowIds: ReadonlySet<number>): void {
    this.#lastToken += 1;
    const kept: Kept = { hint: { ...hint, token: `${this.#lastToken}` }, rowIds, reader: null };
    this.#kept.set(kept.hint.token, kept);
    for (const reader of this.#readers) {
      if (reader.owner.isAlive && reader.partitions.has(hint.partitionId)) return this.#deliver(kept, reader);
    }
  }

  #deliver(kept: Kept, reader: Reader): void {
    kept.reader = reader;
    this.time.schedule({
      delayMs: this.faults.latencyMs(),
      owner: reader.owner,
      label: `hears ${kept.hint.executionId}`,
      run: () => void reader.listener?.onHints({ hints: [kept.hint] }),
    });
  }

  /** Who serves a partition acknowledges only what it took. Who gives it up passes hints by: its successor sweeps. */
  #checkTaken({ hint, rowIds }: Kept, { owner: { name }, partitions }: Reader): void {
    const { executionId, partitionId } = hint;
    const row = this.tables.executions.get(executionId);
    if (!row || row.status === 'paused' || row.status === 'blocked_on_code') return;
    // What is left of a terminated execution is closed by sweeps.
    if (row.log.some(({ kind }) => kind === 'terminate_requested')) return;
    if (this.tables.partitions.get(partitionId) !== name || !partitions.has(partitionId)) return;
    // Who lacks its code looks at it again by itself.
    const code = `${row.workflowName}@${row.workflowVersion}`;
    if (this.tables.workers.get(name)?.definitions.includes(code) === false) return;
    if (row.inbox.some((each) => each.disposition === null && rowIds.has(each.rowId))) {
      this.violations.push(`${name} acknowledged a hint for ${executionId} and had not taken what it told of`);
    }
  }
}
