/** Faults of design that the oracle must notice, each a small patch of the product or of what it knows as its store. */
import type { ExecutionStore, TakeItem } from '../../model/ports/store';
import { MemoryTables, type Transport } from '../memory/tables';
import { takeEntries } from '../memory/takeEntries';
import { loadPatchedWorker, type Patch } from './patchedWorker';
import { simulate, type Mutation } from './simulate';

export interface Mutant {
  readonly name: string;
  readonly patches?: readonly Patch[];
  readonly wrapStore?: Mutation['wrapStore'];
}

const engine = 'engine/engine.ts';
const live = 'engine/liveExecution.ts';

export const mutants: readonly Mutant[] = [
  { name: 'no fence', wrapStore: withoutFence },
  {
    name: 'promise resolved before commit',
    patches: [
      {
        file: engine,
        find: 'const won = await this.#write([...flushes.values()]);',
        replace: `const won = new Set(lives.map((each) => each.executionId));
          void this.#write([...flushes.values()]).catch(() => undefined);`,
      },
    ],
  },
  { name: 'acts on the inbox before taking it', wrapStore: actingBeforeTake },
  {
    name: 'actions before the commit they depend on',
    patches: [{ file: live, find: 'this.#settledAhead > 0 || this.#startable', replace: 'this.#startable' }],
  },
  {
    name: 'takes while entries of its own are not committed',
    patches: [
      {
        file: live,
        find: 'this.#flushing === null && this.#pending.entries.length === 0 && !this.blocked',
        replace: '!this.blocked',
      },
      {
        file: engine,
        find: '!this.#dirty.has(live) && !live.blocked),\n      feed',
        replace: '!live.blocked),\n      feed',
      },
    ],
  },
  {
    name: 'a lost answer counts as a commit',
    patches: [
      {
        file: engine,
        find: '      return new Set();\n    }\n  }\n\n  // Take',
        replace: '      return new Set(flushes.map((each) => each.executionId));\n    }\n  }\n\n  // Take',
      },
    ],
  },
  {
    name: 'an outcome that the code has not seen counts as waiting',
    patches: [
      { file: live, find: "pending.entries.some(isOutcome) ? 'running' : this.#status()", replace: 'this.#status()' },
    ],
  },
  {
    name: 'gives partitions up with statements under way',
    patches: [
      { file: engine, find: '    await this.#tick;\n    let leftMs', replace: '    let leftMs' },
      { file: engine, find: 'lives.every((live) => live.parked || (late && !live.flushing))', replace: 'late || true' },
    ],
  },
  {
    name: 'does not look for what its predecessor left unfinished',
    patches: [{ file: engine, find: '    await this.#adoptUnfinished(adopting);\n', replace: '' }],
  },
  {
    name: 'leaves timers behind at the end',
    patches: [
      {
        file: live,
        find: 'for (const commandId of [...this.#timerRows]) this.#dropTimer(commandId);\n      for (const commandId of [...this.#waitRows])',
        replace: 'for (const commandId of [...this.#waitRows])',
      },
    ],
  },
];

export interface Caught {
  readonly mutant: string;
  /** null: nothing was noticed in all seeds. */
  readonly seed: string | null;
  readonly violation: string | null;
}

/** Runs a mutant until a seed catches it. */
export async function catchMutant(mutant: Mutant, maxSeeds: number): Promise<Caught> {
  const mutation: Mutation = {
    ...(mutant.patches ? { WorkerClass: await loadPatchedWorker(mutant.patches) } : {}),
    ...(mutant.wrapStore ? { wrapStore: mutant.wrapStore } : {}),
  };
  for (let i = 1; i <= maxSeeds; i += 1) {
    const seed = String(i);
    const { violations } = await simulate({ seed, mutation });
    if (violations[0]) return { mutant: mutant.name, seed, violation: violations[0] };
  }
  return { mutant: mutant.name, seed: null, violation: null };
}

/** Statements without their fence: they ask about a worker that nobody ever fences. */
function withoutFence(store: ExecutionStore, tables: MemoryTables): ExecutionStore {
  const unfenced = (workerId: string): string => {
    const double = `${workerId} unfenced`;
    tables.workers.set(double, { workerId: double, fencedAtMs: null, leaseUntilMs: null });
    return double;
  };
  return {
    ...store,
    take: (batch) => store.take({ ...batch, workerId: unfenced(batch.workerId) }),
    flush: (batch) => store.flush({ ...batch, workerId: unfenced(batch.workerId) }),
    closeLate: (batch) => store.closeLate({ ...batch, workerId: unfenced(batch.workerId) }),
  };
}

/** Answers with what is in the inbox, and gives it its place in the log afterwards. */
function actingBeforeTake(store: ExecutionStore, tables: MemoryTables, network: Transport): ExecutionStore {
  return {
    ...store,
    take: async (batch) => {
      const taken = await network('take', () => preview(tables, batch.workerId, batch.items));
      void store.take(batch).catch(() => undefined);
      return taken;
    },
  };
}

function preview(tables: MemoryTables, workerId: string, items: readonly TakeItem[]) {
  const copy = new MemoryTables({ nowMs: () => tables.nowMs(), partitionCount: 0 });
  const worker = tables.workers.get(workerId);
  if (worker) copy.workers.set(workerId, worker);
  for (const { executionId } of items) copy.executions.set(executionId, structuredClone(tables.execution(executionId)));
  for (const task of tables.tasks.values()) copy.tasks.set(task.taskId, structuredClone(task));
  return takeEntries(copy, workerId, items);
}
