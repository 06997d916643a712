/** Faults of design that the oracle must notice, each a small patch of the product or of what it knows as its store. */
import { asksFor } from '../../core/bus/fanOut';
import { probesOfEvent } from '../../model/match';
import type { ExecutionKey, ExecutionStore, TakeItem } from '../../model/ports/store';
import { flushExecutions } from '../memory/flushExecutions';
import { MemoryTables, type Transport } from '../memory/tables';
import { takeEntries } from '../memory/takeEntries';
import { Dice } from './dice';
import { loadPatchedWorker, type Patch } from './patchedWorker';
import { drawFaults, noFaults, type FaultPlan } from './faults';
import { forkMutants } from './forkMutants';
import { heartbeatsBehindActions, lockingHeads } from './lockMutants';
import { drawPoison, poisonWorld } from './poisonScenarios';
import { drawScenarios, type Drawn } from './scenarios';
import { simulate, type Mutation } from './simulate';
import type { Submit } from './simulatedBus';

export interface Mutant {
  readonly name: string;
  /** The weather in which it does most harm; else each seed has its own. */
  readonly faults?: Partial<FaultPlan>;
  /** The workflow that it harms; else each seed has its own. */
  readonly workflow?: Drawn;
  /** Somebody decides about every execution. */
  readonly isDecided?: boolean;
  /** Processes lack workflows. */
  readonly hasMixedCode?: true;
  /** One of them ends its workers, and nothing else goes wrong. */
  readonly isPoisoned?: true;
  /** Somebody forks some of them. */
  readonly isForked?: boolean;
  readonly patches?: readonly Patch[];
  readonly wrapStore?: Mutation['wrapStore'];
  readonly wrapPorts?: Mutation['wrapPorts'];
  readonly submit?: Mutation['submit'];
  readonly insertFork?: Mutation['insertFork'];
}

const engine = 'core/engine/engine.ts';
const flushes = 'core/engine/flushes.ts';
const takes = 'core/engine/takes.ts';
const relations = 'core/engine/relations.ts';
const live = 'core/engine/liveExecution.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'fan-out looks before the commit of its event',
    faults: { slow: 0.3 },
    workflow: 'payment',
    submit: lookingFirst,
  },
  {
    name: 'a wait does not look for what came before it',
    workflow: 'payment',
    patches: [
      { file: flushes, find: 'if (flush.waitsAdded.length > 0) busLooks.committed(flush);', replace: '' },
      {
        file: 'core/engine/busLooks.ts',
        find: "if (waits.length > 0) this.#reached('wait', await lookForEvents(bus, waits));",
        replace: '',
      },
    ],
  },
  {
    name: 'nobody fans out for a sender that died',
    faults: { statementRate: 0.25 },
    workflow: 'payment',
    patches: [
      {
        file: 'core/engine/busLooks.ts',
        find: "if (events.length > 0) this.#reached('submit', await fanOut(bus, events));",
        replace: '',
      },
    ],
  },
  {
    name: 'a suspect keeps others away for a while only, and not for longer than its last worker lived',
    isPoisoned: true,
    patches: [{ file: 'core/engine/probation.ts', find: 'ranMs * standsLonger', replace: '0' }],
  },
  {
    name: 'suspects run in the company of all others',
    isPoisoned: true,
    patches: [
      {
        file: 'core/engine/probation.ts',
        find: 'Math.max(1, Math.floor(suspect.company / 2))',
        replace: 'Number.POSITIVE_INFINITY',
      },
    ],
  },
  { name: 'no fence', faults: { stall: 0.02, slow: 0.05 }, wrapStore: withoutFence },
  {
    name: 'promise resolved before commit',
    faults: { statementRate: 0.25 },
    patches: [
      {
        file: flushes,
        find: 'const won = await this.write([...flushes.values()]);',
        replace: `const won = new Set(lives.map((each) => each.executionId));
          void this.write([...flushes.values()]).catch(() => undefined);`,
      },
    ],
  },
  {
    name: 'acts on the inbox before taking it',
    faults: { statementRate: 0.25, crash: 0.02 },
    wrapStore: actingBeforeTake,
  },
  {
    name: 'actions before the commit they depend on',
    faults: { statementRate: 0.25, slow: 0.3, crash: 0.02 },
    workflow: 'review',
    patches: [{ file: live, find: 'this.#settledAhead > 0 || this.#startable', replace: 'this.#startable' }],
  },
  {
    name: 'feeds an outcome while a flush is under way',
    faults: { statementRate: 0.25, slow: 0.3, crash: 0.02 },
    patches: [
      {
        file: live,
        find: '  appendOutcomes(): void {',
        replace: `  fed = new Set<HistoryEntry>();
  appendNow(): readonly HistoryEntry[] {
    const before = this.#pending.entries.length;
    this.appendOutcomes();
    const added = this.#pending.entries.slice(before);
    for (const entry of added) this.fed.add(entry);
    return added;
  }
  appendOutcomes(): void {`,
      },
      {
        file: live,
        find: 'return flush.entries.filter((entry) => ',
        replace: 'return flush.entries.filter((entry) => !this.fed.has(entry) && ',
      },
      {
        file: engine,
        find: '    live.actionEnded(command, outcome);\n',
        replace: `    live.actionEnded(command, outcome);
    if (live.flushing) void this.#runs.feedNow(live, live.appendNow()).then(() => this.#calls.start([live]));
`,
      },
      {
        file: 'core/engine/codeRuns.ts',
        find: '  constructor(private readonly ports: RunPorts) {}\n',
        replace: `  constructor(private readonly ports: RunPorts) {}
  feedNow(live, entries) {
    return this.ports.drain(entries.map((entry) => new LiveTurn(this.ports.turn, live, entry)));
  }
`,
      },
    ],
  },
  {
    name: 'acknowledges hints before the commit that takes what they tell of',
    patches: [
      {
        file: 'core/worker/worker.ts',
        find: 'this.#unacknowledged.push(...hints);\n          this.#engine.wake(hints);',
        replace: 'void this.#parts.hints.acknowledge({ hints });\n          this.#engine.wake(hints);',
      },
    ],
  },
  {
    name: 'looks for new rows by id > last',
    faults: { lateCommit: 0.5, hints: { lost: 0.9, doubled: 0, late: 0, absent: false } },
    wrapStore: lookingBeyondTheLast,
  },
  {
    name: 'gives the code a live value by reference',
    patches: [
      {
        file: 'replay/context.ts',
        find: 'return (text === undefined ? undefined : decodeJson(text)) as T;',
        replace: `const known = ((host as unknown as { live?: Map<string, unknown> }).live ??= new Map<string, unknown>());
        if (text !== undefined && !known.has(text)) known.set(text, decodeJson(text));
        return known.get(text ?? '') as T;`,
      },
    ],
  },
  { name: 'heads are not compared', faults: { statementRate: 0.25, lateTake: 0.05 }, wrapStore: withoutHeads },
  {
    name: 'a lost answer counts as a commit',
    faults: { statementRate: 0.25 },
    patches: [
      {
        file: flushes,
        find: '      return new Set();\n',
        replace: '      return new Set(flushes.map((each) => each.executionId));\n',
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
    name: 'does not look for what its predecessor left unfinished',
    patches: [
      { file: engine, find: '    await this.#adoptUnfinished(adopting);\n', replace: '' },
      { file: engine, find: '    await this.#rescue(found.nowMs);\n', replace: '' },
    ],
  },
  {
    name: 'never looks for what a late statement left behind',
    faults: { lateTake: 0.05, hints: { lost: 0.9, doubled: 0, late: 0, absent: false } },
    patches: [{ file: engine, find: '    await this.#rescue(found.nowMs);\n', replace: '' }],
  },
  {
    name: 'goes on with partitions that a late answer gave away',
    faults: { endMs: 12_000, statementRate: 0.15, gracefulStop: 0.01, stall: 0, crash: 0, slow: 0 },
    patches: [
      {
        file: 'core/worker/membershipLoop.ts',
        find: '      if (gone.length > 0) await this.#leave(gone);\n',
        replace: '',
      },
    ],
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
  { name: 'the lock of the head inside an action', faults: noFaults, wrapPorts: lockingHeads, workflow: 'parallel' },
  {
    name: 'the heartbeat inside an action',
    faults: noFaults,
    wrapPorts: heartbeatsBehindActions,
    workflow: 'parallel',
  },
  {
    name: 'leaves children to themselves at its end',
    workflow: 'family',
    patches: [
      {
        file: relations,
        find: "return policy === 'abandon' ? [] : [{ executionId, partitionId: partitionOfChild(self, child), policy }];",
        replace: 'return [];',
      },
    ],
  },
  {
    name: 'closes a child whose end came together with its own termination',
    faults: noFaults,
    workflow: 'family',
    isDecided: true,
    patches: [
      {
        file: takes,
        find: 'live.passOver([...(feed.get(live) ?? []), ...entries]);',
        replace: '',
      },
    ],
  },
  {
    name: 'a run that goes on loses its parent',
    workflow: 'family',
    patches: [
      {
        file: relations,
        find: 'const parent = parentToTell(started);',
        replace: 'const parent = null as ReturnType<typeof parentToTell>;',
      },
    ],
  },
  {
    name: 'a run that goes on loses its mail',
    workflow: 'relay',
    patches: [{ file: live, find: 'mail: this.#mail() }', replace: 'mail: [] }' }],
  },
  {
    name: 'a run that goes on loses what came behind its end',
    workflow: 'relay',
    patches: [{ file: live, find: 'return [...unread, ...this.#unfed];', replace: 'return unread;' }],
  },
  {
    name: 'a parent is not told of the end of a child',
    workflow: 'family',
    patches: [
      { file: relations, find: '!self.hasEndedBefore ? {', replace: '!self.hasEndedBefore && open.length > 0 ? {' },
    ],
  },
  {
    name: 'a child that was retried tells its parent of each end',
    workflow: 'household',
    patches: [
      {
        file: relations,
        find: 'parent && !successor && !self.hasEndedBefore ? {',
        replace: 'parent && !successor ? {',
      },
    ],
  },
  {
    name: 'the code goes on while it is paused',
    isDecided: true,
    patches: [
      {
        file: takes,
        find: 'if (live.isHeld) this.#hold(live, feed, entries);',
        replace: 'if (live.isTerminating) this.#hold(live, feed, entries);',
      },
    ],
  },
  {
    name: 'terminated before the outcomes of its actions',
    isDecided: true,
    workflow: 'parallel',
    patches: [
      {
        file: 'core/engine/heldExecutions.ts',
        find: 'if (calls.length === 0) {',
        replace: 'if (calls.length >= 0) {',
      },
      {
        file: live,
        find: 'if (this.#running.size + this.#startable.length + this.#outcomes.length + this.#toPrepare.length > 0) return;',
        replace:
          'if (!this.isTerminating && this.#running.size + this.#startable.length + this.#outcomes.length + this.#toPrepare.length > 0) return;',
      },
    ],
  },
  {
    name: 'a request to cancel that came with the end is forgotten',
    isDecided: true,
    workflow: 'items',
    patches: [
      { file: live, find: 'this.#cancelTaken || this.instance.isCanceled', replace: 'this.instance.isCanceled' },
    ],
  },
  {
    name: 'partitions stay where code is missing',
    hasMixedCode: true,
    patches: [
      {
        file: 'core/worker/membershipLoop.ts',
        find: 'placePartitions({ misplaced, hosts,',
        replace: 'placePartitions({ misplaced: [], hosts,',
      },
    ],
  },
  {
    name: 'forgets what has begun and is not in the log',
    faults: { statementRate: 0.25, crash: 0.02 },
    workflow: 'changed',
    hasMixedCode: true,
    patches: [
      { file: 'core/engine/revival.ts', find: '        underWay,\n        sandbox,', replace: '        sandbox,' },
    ],
  },
  {
    name: 'begins what a patch guards before its mark is committed',
    faults: { statementRate: 0.25, crash: 0.02, slow: 0.3 },
    workflow: 'changed',
    hasMixedCode: true,
    patches: [
      {
        file: live,
        find: "this.#settledAhead += 1;\n        this.#append({ kind: 'patch_marked'",
        replace: "this.#append({ kind: 'patch_marked'",
      },
    ],
  },
  {
    name: 'a retry takes the failure again',
    workflow: 'mended',
    patches: [
      {
        file: 'core/engine/heldExecutions.ts',
        find: 'failuresUndone: failuresUndone(history)',
        replace: 'failuresUndone: []',
      },
    ],
  },
  {
    name: 'the loser of a race goes on',
    workflow: 'scopes',
    patches: [
      {
        file: 'replay/branches.ts',
        find: 'losers.map(({ own }) => own),\n            losers.map(({ given }) => given),',
        replace: '[], [],',
      },
    ],
  },
  ...forkMutants,
];

export interface Caught {
  readonly mutant: string;
  /** null: nothing was noticed in all seeds. */
  readonly seed: string | null;
  readonly violation: string | null;
}

/** Runs a mutant until a seed catches it, beginning with the given one. */
export async function catchMutant(mutant: Mutant, maxSeeds: number, first = 1): Promise<Caught> {
  const mutation: Mutation = {
    ...(mutant.patches ? { WorkerClass: await loadPatchedWorker(mutant.patches) } : {}),
    ...(mutant.wrapStore ? { wrapStore: mutant.wrapStore } : {}),
    ...(mutant.wrapPorts ? { wrapPorts: mutant.wrapPorts } : {}),
    ...(mutant.submit ? { submit: mutant.submit } : {}),
    ...(mutant.insertFork ? { insertFork: mutant.insertFork } : {}),
  };
  for (let i = first; i < first + maxSeeds; i += 1) {
    const seed = String(i);
    const faults = { ...drawFaults(seed), ...mutant.faults };
    const { workflow, isDecided = false, isForked = false, hasMixedCode, isPoisoned = false } = mutant;
    const isDrawn = workflow !== undefined || isDecided || isPoisoned;
    const drawn = () => (isPoisoned ? drawPoison(seed) : drawScenarios(new Dice(seed), 4, workflow, isDecided ? 1 : 0));
    const world = {
      ...(isDrawn && { scenarios: drawn() }),
      ...(isForked && { forks: 3 }),
      ...(hasMixedCode && { hasMixedCode }),
      ...(isPoisoned && poisonWorld),
    };
    const { violations } = await simulate({ seed, mutation, faults, alwaysRests: true, ...world });
    if (violations[0]) return { mutant: mutant.name, seed, violation: violations[0] };
  }
  return { mutant: mutant.name, seed: null, violation: null };
}

/** Finds the waits first, and delivers to them in the commit of the event. */
async function lookingFirst({ bus, event, store }: Parameters<Submit>[0]): Promise<readonly ExecutionKey[]> {
  const waits = await bus.waitsFor({ probes: [...probesOfEvent(event)], after: null, limit: 500 });
  await store();
  const deliveries = waits.filter((wait) => asksFor(wait, event)).map((wait) => ({ ...wait, eventId: event.eventId }));
  return bus.deliver({ deliveries, fannedOut: [event.eventId], lookedFor: [] });
}

/** Statements without their fence: they ask about a worker that nobody ever fences. */
function withoutFence(store: ExecutionStore, tables: MemoryTables): ExecutionStore {
  const unfenced = (workerId: string): string => {
    const double = `${workerId} unfenced`;
    tables.workers.set(double, { workerId: double, definitions: [], fencedAtMs: null, leaseUntilMs: null });
    return double;
  };
  return {
    ...store,
    take: (batch) => store.take({ ...batch, workerId: unfenced(batch.workerId) }),
    flush: (batch) => store.flush({ ...batch, workerId: unfenced(batch.workerId) }),
    closeLate: (batch) => store.closeLate({ ...batch, workerId: unfenced(batch.workerId) }),
  };
}

/** Statements that believe whatever head they find. */
function withoutHeads(store: ExecutionStore, tables: MemoryTables, network: Transport): ExecutionStore {
  const headOf = (executionId: string) => tables.execution(executionId).headSeq;
  return {
    ...store,
    take: ({ workerId, items }) =>
      network('take', () =>
        takeEntries(
          tables,
          workerId,
          items.map((item) => ({ ...item, headSeq: headOf(item.executionId) })),
        ),
      ),
    flush: ({ workerId, executions }) =>
      network('flush', () =>
        flushExecutions(
          tables,
          workerId,
          executions.map((flush) => ({ ...flush, expectedHead: headOf(flush.executionId) })),
        ),
      ),
  };
}

/** Remembers the youngest row that it saw, and asks for younger ones only: a sender that commits late is passed over. */
function lookingBeyondTheLast(store: ExecutionStore, tables: MemoryTables): ExecutionStore {
  let lastRowId = 0;
  const unread = (executionId: string) =>
    (tables.executions.get(executionId)?.inbox ?? []).filter((row) => row.disposition === null);
  return {
    ...store,
    findWork: async (query) => {
      const found = await store.findWork(query);
      const executions = found.executions.filter(({ executionId }) => {
        const rows = unread(executionId);
        return rows.length === 0 || rows.some((row) => row.rowId > lastRowId);
      });
      for (const row of tables.executions.values()) {
        for (const { rowId } of unread(row.executionId)) lastRowId = Math.max(lastRowId, rowId);
      }
      return { ...found, executions };
    },
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
