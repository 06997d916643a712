/** What must hold once a simulation has come to rest. Every sentence it gives back is a violation. */
import type { HistoryEntry } from '../../model/history';
import { isEnded } from '../../model/status';
import type { Drain } from '../../replay/sandbox';
import type { Effect } from '../memory/actionResults';
import { readEntry, readResult } from '../memory/entries';
import { isOpen, type ExecutionTableRow, type MemoryTables, type WriteNote } from '../memory/tables';
import { checkActions, checkOrder, checkPrefixes, checkTimers, type Say } from './historyChecks';
import type { Scenario } from './scenarios';
import type { ExternalCall } from './simulatedActions';
import { simulatedWorkflows } from './workflows';

export interface Observed {
  readonly tables: MemoryTables;
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly effects: readonly Effect[];
  readonly externalCalls: readonly ExternalCall[];
  readonly writes: readonly (WriteNote & { readonly wasFenced: boolean })[];
  /** Ids of events whose submission was accepted, by execution. */
  readonly accepted: ReadonlyMap<string, readonly string[]>;
}

export async function violationsOf(observed: Observed, drain: Drain): Promise<string[]> {
  const found: string[] = [];
  for (const [executionId, scenario] of observed.scenarios) {
    const row = observed.tables.execution(executionId);
    const say = (what: string) => found.push(`${executionId} (${scenario.workflow}): ${what}`);
    const history = historyOf(row);
    checkOutcome(row, scenario, history, observed.effects, say);
    checkLog(row, history, say);
    checkOrder(history, say);
    checkWriters(executionId, row.headSeq, observed.writes, say);
    checkActions(executionId, history, observed, say);
    checkEvents(row, history, observed.accepted.get(executionId) ?? [], say);
    if (isEnded(row.status)) checkNothingLeft(observed.tables, row, say);
    checkTimers(history, say);
    const definition = simulatedWorkflows.get(row.workflowName);
    if (definition) await checkPrefixes({ ended: row, definition, history, drain }, say);
    else say(`no workflow ${row.workflowName}`);
  }
  return found;
}

export function historyOf(row: ExecutionTableRow): HistoryEntry[] {
  const resultOf = (commandId: string) => {
    const result = row.results.get(commandId);
    return result && readResult(result);
  };
  return row.log.flatMap((entry) => readEntry(entry, resultOf) ?? []);
}

function checkOutcome(
  row: ExecutionTableRow,
  scenario: Scenario,
  history: readonly HistoryEntry[],
  effects: readonly Effect[],
  say: Say,
): void {
  const { status, result, judge } = scenario.expected;
  if (judge) {
    const booked = effects.flatMap(({ executionId, bindings }) =>
      executionId === row.executionId ? [String(bindings[0])] : [],
    );
    for (const what of judge({ status: row.status, result: row.result, error: row.error, history, booked })) say(what);
    return;
  }
  if (row.status !== status) {
    const why = row.error ? `: ${row.error.name}: ${row.error.message}` : '';
    return say(`is ${row.status} in the end and not ${status}${why}`);
  }
  const [expected, actual] = [JSON.stringify(result(history)), JSON.stringify(row.result)];
  if (actual !== expected) say(`ended with ${actual}, where its log allows ${expected} only`);
}

function checkLog(row: ExecutionTableRow, history: readonly HistoryEntry[], say: Say): void {
  const seqs = row.log.map((entry) => entry.seq);
  if (seqs.some((seq, index) => seq !== index + 1)) say(`log is not dense: ${seqs.join(' ')}`);
  if (row.headSeq !== row.log.length) say(`head is ${row.headSeq}, and the log has ${row.log.length} entries`);
  if (history.length !== row.log.length) say('an entry points to a result that is not there');
}

function checkWriters(executionId: string, head: number, writes: Observed['writes'], say: Say): void {
  const writers = new Map<number, string>();
  for (const write of writes.filter((each) => each.executionId === executionId)) {
    if (write.wasFenced) say(`${write.workerId} wrote (${write.statement}) after it was fenced`);
    for (let seq = write.fromHead + 1; seq <= write.toHead; seq += 1) {
      if (writers.has(seq)) say(`entry ${seq} was written by ${writers.get(seq)} and by ${write.workerId}`);
      writers.set(seq, write.workerId);
    }
  }
  if (writers.size !== head - 1)
    say(`${writers.size} entries were written, and the log has ${head - 1} after the first`);
}

function checkEvents(
  row: ExecutionTableRow,
  history: readonly HistoryEntry[],
  accepted: readonly string[],
  say: Say,
): void {
  const logged = history.flatMap((entry) => (entry.kind === 'event_received' ? [entry.body.event.event_id] : []));
  const late = row.inbox.flatMap((each) => {
    const { event } = JSON.parse(each.payloadText) as { event?: { event_id: string } };
    return each.disposition === 'too_late' && event ? [event.event_id] : [];
  });
  for (const eventId of accepted) {
    const times = [...logged, ...late].filter((each) => each === eventId).length;
    if (times !== 1) say(`event ${eventId} was accepted and is ${times} times in the log or closed as too late`);
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
