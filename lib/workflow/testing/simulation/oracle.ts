/** What must hold once a simulation has come to rest. Every sentence it gives back is a violation. */
import type { HistoryEntry } from '../../model/history';
import { isEnded } from '../../model/status';
import type { Drain } from '../../replay/sandbox';
import type { Effect } from '../memory/actionResults';
import { readEntry, readResult } from '../memory/entries';
import { isOpen, type ExecutionTableRow, type MemoryTables, type WriteNote } from '../memory/tables';
import { checkDecisions, checkHolds, endsAsDecided } from './decisionChecks';
import { checkFork } from './forkChecks';
import { checkActions, checkOrder, checkPrefixes, checkTimers, type Say } from './historyChecks';
import type { Accepted } from './outside';
import { checkRelatives } from './relationChecks';
import type { Run, Scenario } from './scenario';
import type { ExternalCall } from './simulatedActions';
import { checkTasks } from './taskChecks';
import { simulatedWorkflows } from './workflows';

export interface Observed {
  readonly tables: MemoryTables;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly effects: readonly Effect[];
  readonly externalCalls: readonly ExternalCall[];
  readonly writes: readonly (WriteNote & { readonly wasFenced: boolean })[];
  readonly accepted: Accepted;
}

/** An execution as it came to rest. */
export interface Rested extends Run {
  readonly row: ExecutionTableRow;
  /** Entries that the log of a fork began with; 0 where it is none. */
  readonly copied: number;
}

export async function violationsOf(observed: Observed, drain: Drain): Promise<string[]> {
  const found: string[] = [];
  const { tables, writes } = observed;
  const { forks, decisions } = observed.accepted;
  const begun = new Map(writes.flatMap((each) => (each.statement === 'continue' ? [[each.executionId, each]] : [])));
  // A fork stands in the place of its source.
  const carriedBy = (executionId: string): number => {
    const fork = forks.get(executionId);
    return fork ? carriedBy(fork.sourceId) : (begun.get(executionId)?.toHead ?? 1) - 1;
  };
  const all = new Map(
    [...tables.executions.values()].map((row): [string, Rested] => {
      const { executionId } = row;
      const copied = forks.get(executionId)?.copied ?? 0;
      return [executionId, { executionId, row, history: historyOf(row), carried: carriedBy(executionId), copied }];
    }),
  );
  for (const rested of all.values()) {
    const { executionId, row, history } = rested;
    const say = (what: string) => found.push(`${executionId} (${row.workflowName}): ${what}`);
    checkLog(row, history, say);
    checkOrder(history, say);
    checkWriters(rested, writes, say);
    checkActions(executionId, history.slice(rested.copied), observed, say);
    if (isEnded(row.status)) checkNothingLeft(tables, row, say);
    checkTimers(history, say);
    checkTasks(tables, rested, forks.get(executionId)?.atSeq ?? 0, say);
    checkHolds(history, say);
    checkDecisions(runsFrom(rested, all), decisions.get(executionId) ?? [], say);
    checkRelatives(rested, all, say);
    const definition = simulatedWorkflows.get(row.workflowName);
    if (definition) await checkPrefixes({ ended: row, definition, history, drain }, say);
    else say(`no workflow ${row.workflowName}`);
  }
  for (const [scenarioId, scenario] of observed.scenarios) {
    const say = (what: string) => found.push(`${scenarioId} (${scenario.workflow}): ${what}`);
    const chains = chainsOf(scenarioId, scenario, all);
    if (chains.length === 0) say('was never started');
    for (const chain of chains) checkOutcome(chain, scenario, bookedIn(chain, observed), say);
    checkEvents(chains.flat(), scenarioId, observed.accepted, say);
  }
  for (const [forkId, note] of forks) {
    const fork = all.get(forkId);
    if (!fork) continue;
    const say = (what: string) => found.push(`${forkId} (${fork.row.workflowName}, forked): ${what}`);
    checkFork(fork, note, all, say);
    const runs = runsFrom(fork, all);
    checkEvents(runs, forkId, observed.accepted, say);
    const scenario = observed.scenarios.get(note.scenarioId ?? '');
    const chain = [...runsBefore(fork, all, forks), ...runs];
    if (scenario) checkOutcome(chain, scenario, bookedIn(chain, observed), say);
  }
  return found;
}

/** The runs of each execution that the scenario brought about, in their order. */
function chainsOf(scenarioId: string, { starts }: Scenario, all: ReadonlyMap<string, Rested>): Rested[][] {
  const isFirst = ({ row }: Rested) =>
    starts ? row.workflowKey === scenarioId && row.continuedFrom === null : row.executionId === scenarioId;
  return [...all.values()].filter(isFirst).map((first) => runsFrom(first, all));
}

function runsFrom(first: Rested, all: ReadonlyMap<string, Rested>): Rested[] {
  const chain: Rested[] = [];
  for (let run: Rested | undefined = first; run; run = all.get(run.row.continuedTo ?? '')) chain.push(run);
  return chain;
}

/** Of a fork: the runs before its source. */
function runsBefore(run: Rested, all: ReadonlyMap<string, Rested>, forks: Accepted['forks']): Rested[] {
  const { sourceId } = forks.get(run.executionId) ?? {};
  const source = sourceId === undefined ? undefined : all.get(sourceId);
  if (source) return runsBefore(source, all, forks);
  const before = all.get(run.row.continuedFrom ?? '');
  return before ? [...runsBefore(before, all, forks), before] : [];
}

/** What `book` wrote in these runs; for a fork also what its source had written before it was taken. */
function bookedIn(runs: readonly Rested[], { effects, accepted: { forks } }: Observed): string[] {
  const writtenBy = (executionId: string, history: readonly HistoryEntry[]): Effect[] => {
    const own = effects.filter((effect) => effect.executionId === executionId);
    const fork = forks.get(executionId);
    if (!fork) return own;
    const copied = history.slice(0, fork.atSeq);
    const completed = new Set(
      copied.flatMap(({ kind, body }) => (kind === 'action_completed' ? [body.commandId] : [])),
    );
    return [...writtenBy(fork.sourceId, copied).filter(({ commandId }) => completed.has(commandId)), ...own];
  };
  return runs
    .flatMap(({ executionId, history }) => writtenBy(executionId, history))
    .map(({ bindings }) => String(bindings[0]));
}

export function historyOf(row: ExecutionTableRow): HistoryEntry[] {
  const resultOf = (commandId: string) => {
    const result = row.results.get(commandId);
    return result && readResult(result);
  };
  return row.log.flatMap((entry) => readEntry(entry, resultOf) ?? []);
}

function checkOutcome(runs: readonly Rested[], { expected }: Scenario, booked: readonly string[], say: Say): void {
  const last = runs.at(-1);
  if (!last) return;
  const { row, history } = last;
  const decided = endsAsDecided(history);
  const { status, result, judge } = expected;
  if (decided === null && judge && isEnded(row.status)) {
    const { error } = row;
    for (const what of judge({ status: row.status, result: row.result, error, history, booked, runs })) say(what);
    return;
  }
  // Code that waits for something foreign does not hear of it, unless what it did before was cut short.
  const isCut = history.some((entry) => entry.kind === 'action_failed' && entry.body.error.code === 'action_aborted');
  const isDeaf = decided === 'canceled' && status === 'blocked_on_code' && !isCut;
  const wanted = isDeaf ? status : (decided ?? status);
  if (row.status !== wanted) {
    const why = row.error ? `: ${row.error.name}: ${row.error.message}` : '';
    return say(`is ${row.status} in the end and not ${wanted}${why}`);
  }
  const [allowed, actual] = [JSON.stringify(decided === null ? result(history) : null), JSON.stringify(row.result)];
  if (actual !== allowed) say(`ended with ${actual}, where its log allows ${allowed} only`);
}

function checkLog(row: ExecutionTableRow, history: readonly HistoryEntry[], say: Say): void {
  const seqs = row.log.map((entry) => entry.seq);
  if (seqs.some((seq, index) => seq !== index + 1)) say(`log is not dense: ${seqs.join(' ')}`);
  if (row.headSeq !== row.log.length) say(`head is ${row.headSeq}, and the log has ${row.log.length} entries`);
  if (history.length !== row.log.length) say('an entry points to a result that is not there');
}

function checkWriters({ executionId, row, copied }: Rested, writes: Observed['writes'], say: Say): void {
  const writers = new Map<number, string>();
  for (const write of writes.filter((each) => each.executionId === executionId)) {
    if (write.wasFenced) say(`${write.workerId} wrote (${write.statement}) after it was fenced`);
    for (let seq = write.fromHead + 1; seq <= write.toHead; seq += 1) {
      if (writers.has(seq)) say(`entry ${seq} was written by ${writers.get(seq)} and by ${write.workerId}`);
      writers.set(seq, write.workerId);
    }
  }
  const begunWith = Math.max(copied, 1);
  if (writers.size !== row.headSeq - begunWith) {
    say(`${writers.size} entries were written, and the log has ${row.headSeq}, of which it began with ${begunWith}`);
  }
}

/**
 * In the log of one run, as what arrived there, or closed as too late. Those of the bus reach waits alone: an execution
 * that somebody ended may have had none.
 */
function checkEvents(runs: readonly Rested[], scenarioId: string, accepted: Accepted, say: Say): void {
  const logged = runs.flatMap(({ history, carried }) =>
    history.slice(1 + carried).flatMap((entry) => (entry.kind === 'event_received' ? [entry.body.event.event_id] : [])),
  );
  const late = runs.flatMap(({ row }) =>
    row.inbox.flatMap((each) => {
      const { event } = JSON.parse(each.payloadText) as { event?: { event_id: string } };
      return each.disposition === 'too_late' && event ? [event.event_id] : [];
    }),
  );
  const found = (eventId: string) => [...logged, ...late].filter((each) => each === eventId).length;
  const complain = (eventId: string) =>
    say(`event ${eventId} was accepted and is ${found(eventId)} times in the log or closed as too late`);
  for (const eventId of accepted.events.get(scenarioId) ?? []) if (found(eventId) !== 1) complain(eventId);
  const needsNone = runs.some(({ history }) => endsAsDecided(history) !== null);
  for (const eventId of accepted.announced.get(scenarioId) ?? []) {
    if (found(eventId) > 1 || (found(eventId) === 0 && !needsNone)) complain(eventId);
  }
}

function checkNothingLeft(tables: MemoryTables, row: ExecutionTableRow, say: Say): void {
  if (row.timers.size > 0) say(`has ended and left timers: ${[...row.timers.keys()].join(', ')}`);
  if (row.waits.size > 0) say(`has ended and left waits: ${[...row.waits.keys()].join(', ')}`);
  const unread = row.inbox.filter((each) => each.disposition === null);
  if (unread.length > 0) say(`has ended and left ${unread.length} rows in its inbox`);
  for (const task of tables.tasks.values()) {
    if (task.executionId === row.executionId && isOpen(task)) say(`has ended and left task ${task.taskId} open`);
  }
}
