/** What must hold once a simulation has come to rest. Every sentence it gives back is a violation. */
import { canonicalActionName } from '../../replay/context';
import { processSandbox } from '../../core/sandbox';
import type { HistoryEntry } from '../../model/history';
import { isEnded } from '../../model/status';
import { replay } from '../../replay/replay';
import type { Drain } from '../../replay/sandbox';
import type { Effect } from '../memory/actionResults';
import { readEntry, readResult } from '../memory/entries';
import { isOpen, type ExecutionTableRow, type MemoryTables, type WriteNote } from '../memory/tables';
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
    checkWriters(executionId, row.headSeq, observed.writes, say);
    checkActions(executionId, history, observed, say);
    checkEvents(row, history, observed.accepted.get(executionId) ?? [], say);
    if (isEnded(row.status)) checkNothingLeft(observed.tables, row, say);
    checkTimers(history, say);
    await checkPrefixes(row, history, drain, say);
  }
  return found;
}

type Say = (what: string) => void;

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
  const back = history.findIndex((entry, index) => entry.at < (history[index - 1]?.at ?? 0));
  if (back >= 0) say(`time runs backwards at entry ${back + 1}`);
  const recorded = history.flatMap((entry) =>
    'commandId' in entry.body ? [`${entry.kind} ${entry.body.commandId}`] : [],
  );
  const twice = recorded.find((each, index) => recorded.indexOf(each) !== index);
  if (twice) say(`"${twice}" is in the log twice`);
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

function checkActions(executionId: string, history: readonly HistoryEntry[], observed: Observed, say: Say): void {
  const outcomes = new Map<string, { readonly name: string; readonly done: boolean }>();
  for (const entry of history) {
    if (entry.kind !== 'action_completed' && entry.kind !== 'action_failed') continue;
    outcomes.set(entry.body.commandId, {
      name: canonicalActionName(entry.body.name),
      done: entry.kind === 'action_completed',
    });
  }
  const effects = new Map<string, number>();
  for (const effect of observed.effects) {
    if (effect.executionId !== executionId) continue;
    effects.set(effect.commandId, (effects.get(effect.commandId) ?? 0) + 1);
  }
  for (const [commandId, { name, done }] of outcomes) {
    if (name !== 'book') continue;
    const times = effects.get(commandId) ?? 0;
    if (times !== (done ? 1 : 0))
      say(`${commandId} is ${done ? 'completed' : 'failed'} and had its effect ${times} times`);
  }
  for (const commandId of effects.keys()) {
    if (!outcomes.has(commandId)) say(`${commandId} had its effect and is not in the log`);
  }
  const calls = new Map<string, ExternalCall>();
  for (const call of observed.externalCalls) {
    if (call.executionId !== executionId) continue;
    const first = calls.get(call.commandId);
    calls.set(call.commandId, first ?? call);
    if (first && (first.idempotencyKey !== call.idempotencyKey || first.what !== call.what)) {
      say(
        `${call.commandId} was called as ${first.idempotencyKey} ${first.what} and ${call.idempotencyKey} ${call.what}`,
      );
    }
    if (!outcomes.has(call.commandId)) say(`${call.commandId} was called and is not in the log`);
  }
  const keys = [...calls.values()].map((call) => call.idempotencyKey);
  if (new Set(keys).size !== keys.length) say('two commands have one idempotency key');
  for (const [commandId, { name }] of outcomes) {
    if (name !== 'book' && !calls.has(commandId)) say(`${commandId} has an outcome and was never called`);
  }
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

function checkTimers(history: readonly HistoryEntry[], say: Say): void {
  const dueMs = new Map<string, number>();
  for (const entry of history) {
    if (entry.kind === 'sleep_started') dueMs.set(entry.body.commandId, Date.parse(entry.body.fireAt));
    if (entry.kind === 'wait_started' && entry.body.deadline !== null) {
      dueMs.set(entry.body.commandId, Date.parse(entry.body.deadline));
    }
    if (entry.kind === 'task_created' && entry.body.expiresAt !== null) {
      dueMs.set(entry.body.commandId, Date.parse(entry.body.expiresAt));
    }
    if (entry.kind === 'timer_fired' && entry.at < (dueMs.get(entry.body.commandId) ?? Number.POSITIVE_INFINITY)) {
      say(`timer ${entry.body.commandId} fired before its time`);
    }
  }
}

/** Replay of every prefix gives the commands that the rest of the log records, word for word. */
async function checkPrefixes(
  row: ExecutionTableRow,
  history: readonly HistoryEntry[],
  drain: Drain,
  say: Say,
): Promise<void> {
  const definition = simulatedWorkflows.get(row.workflowName);
  if (!definition) return say(`no workflow ${row.workflowName}`);
  const { executionId, tenant } = row;
  const recorded = recordsOf(history);
  for (let length = 1; length <= history.length; length += 1) {
    try {
      const { commands } = await replay({
        definition,
        identity: { executionId, tenant },
        history: history.slice(0, length),
        sandbox: processSandbox(),
        drain,
      });
      for (const command of commands) {
        if (command.type === 'complete' && length === history.length) {
          const [actual, stored] = [JSON.stringify(command.result), JSON.stringify(row.result)];
          if (actual !== stored) say(`replay ends with ${actual}, and ${stored} is stored`);
        }
        const wanted = 'commandId' in command ? recorded.get(command.commandId) : undefined;
        const given = recordOf(command);
        if (wanted !== undefined && given !== null && wanted !== given) {
          say(`replay of ${length} entries gives ${given}, and the log has ${wanted}`);
        }
      }
    } catch (error) {
      const isExpected =
        row.status === 'blocked_on_code' && error instanceof Error && error.name === 'ForeignAwaitError';
      if (!isExpected)
        return say(`replay of ${length} entries fails: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The parts of a recorded command that code decides. */
function recordsOf(history: readonly HistoryEntry[]): ReadonlyMap<string, string> {
  return new Map(
    history.flatMap((entry): [string, string][] => {
      switch (entry.kind) {
        case 'state_changed':
          return [[entry.body.commandId, JSON.stringify(['set_state', entry.body.n, entry.body.state])]];
        case 'data_set':
          return [[entry.body.commandId, JSON.stringify(['set_data', entry.body.n, entry.body.key, entry.body.value])]];
        case 'wait_started': {
          const { commandId, n, names, deadline, taskId, satisfiedBy } = entry.body;
          return [[commandId, JSON.stringify(['wait', n, names, deadline, taskId, satisfiedBy])]];
        }
        case 'sleep_started':
          return [[entry.body.commandId, JSON.stringify(['sleep', entry.body.n, entry.body.fireAt])]];
        case 'action_completed':
        case 'action_failed':
          return [
            [entry.body.commandId, JSON.stringify(['action', entry.body.n, entry.body.name, entry.body.argsHash])],
          ];
        case 'task_created':
          return [[entry.body.commandId, JSON.stringify(['create_task', entry.body.n, entry.body.argsHash])]];
        default:
          return [];
      }
    }),
  );
}

function recordOf(command: Awaited<ReturnType<typeof replay>>['commands'][number]): string | null {
  switch (command.type) {
    case 'set_state':
      return JSON.stringify(['set_state', command.n, command.state]);
    case 'set_data':
      return JSON.stringify(['set_data', command.n, command.key, command.value]);
    case 'wait': {
      const deadline = command.deadlineMs === null ? null : new Date(command.deadlineMs).toISOString();
      return JSON.stringify(['wait', command.n, command.names, deadline, command.taskId, command.satisfiedBy]);
    }
    case 'sleep':
      return JSON.stringify(['sleep', command.n, new Date(command.fireAtMs).toISOString()]);
    case 'action':
      return JSON.stringify(['action', command.n, command.name, command.argsHash]);
    case 'create_task':
      return JSON.stringify(['create_task', command.n, command.argsHash]);
    default:
      return null;
  }
}
