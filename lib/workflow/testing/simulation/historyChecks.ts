/** What must hold for a log and what its actions did, wherever it ran: on the simulation or on Postgres. */
import { processSandbox } from '../../core/sandbox';
import { stepTimer, type HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { ExecutionStatus } from '../../model/status';
import type { WorkflowDefinition } from '../../model/workflow';
import { canonicalActionName } from '../../model/actionNames';
import { replay } from '../../replay/replay';
import type { Drain } from '../../replay/sandbox';
import type { Effect } from '../memory/actionResults';
import type { ExternalCall } from './simulatedActions';

/** Takes a sentence about what is wrong. */
export type Say = (what: string) => void;

/** Seqs from 1 without a gap, time that never runs backwards, no command twice. */
export function checkOrder(history: readonly HistoryEntry[], say: Say): void {
  const gap = history.findIndex((entry, index) => entry.seq !== index + 1);
  if (gap >= 0) say(`entry ${gap + 1} of the log has seq ${history[gap]?.seq}`);
  const back = history.findIndex((entry, index) => entry.at < (history[index - 1]?.at ?? 0));
  if (back >= 0) say(`time runs backwards at entry ${back + 1}`);
  let retries = 0;
  const recorded = history.flatMap((entry) => {
    if (entry.kind === 'execution_retried') retries += 1;
    // Failures come again, and only after a retry; so does the end of a child that failed, and then it is another one.
    const where =
      entry.kind === 'action_failed'
        ? ` of try ${retries}`
        : entry.kind === 'child_ended'
          ? ` as ${entry.body.status}`
          : '';
    return 'commandId' in entry.body ? [`${entry.kind} ${entry.body.commandId}${where}`] : [];
  });
  const twice = recorded.find((each, index) => recorded.indexOf(each) !== index && !each.startsWith('action_failed'));
  if (twice) say(`"${twice}" is in the log twice`);
}

/** What actions did, against what the log says of them. */
export function checkActions(
  executionId: string,
  history: readonly HistoryEntry[],
  observed: { readonly effects: readonly Effect[]; readonly externalCalls: readonly ExternalCall[] },
  say: Say,
): void {
  const outcomes = new Map<string, { readonly name: string; readonly done: boolean; readonly isCut: boolean }>();
  // What a process began and did not survive nobody knows of: a termination does not wait for it.
  const isTerminated = history.some(({ kind }) => kind === 'execution_terminated');
  for (const entry of history) {
    if (entry.kind !== 'action_completed' && entry.kind !== 'action_failed') continue;
    outcomes.set(entry.body.commandId, {
      name: canonicalActionName(entry.body.name),
      done: entry.kind === 'action_completed',
      isCut: entry.kind === 'action_failed' && entry.body.error.name === 'ActionAbortedError',
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
    if (!outcomes.has(call.commandId) && !isTerminated) say(`${call.commandId} was called and is not in the log`);
  }
  const keys = [...calls.values()].map((call) => call.idempotencyKey);
  if (new Set(keys).size !== keys.length) say('two commands have one idempotency key');
  for (const [commandId, { name, isCut }] of outcomes) {
    if (name !== 'book' && !calls.has(commandId) && !isCut) say(`${commandId} has an outcome and was never called`);
  }
}

export function checkTimers(history: readonly HistoryEntry[], say: Say): void {
  const dueMs = new Map<string, number>();
  for (const entry of history) {
    if (entry.kind === 'sleep_started') dueMs.set(entry.body.commandId, Date.parse(entry.body.fireAt));
    if (entry.kind === 'wait_started' && entry.body.deadline !== null) {
      dueMs.set(entry.body.commandId, Date.parse(entry.body.deadline));
    }
    if (entry.kind === 'task_created') {
      const { commandId, expiresAt, steps = [] } = entry.body;
      if (expiresAt !== null) dueMs.set(commandId, Date.parse(expiresAt));
      for (const [place, step] of steps.entries()) dueMs.set(stepTimer(commandId, place), Date.parse(step.at));
    }
    if (entry.kind === 'timer_fired' && entry.at < (dueMs.get(entry.body.commandId) ?? Number.POSITIVE_INFINITY)) {
      say(`timer ${entry.body.commandId} fired before its time`);
    }
  }
}

/** Replay of every prefix gives the commands that the rest of the log records, word for word. */
export async function checkPrefixes(
  checked: {
    readonly ended: {
      readonly executionId: string;
      readonly tenant: string;
      readonly status: ExecutionStatus;
      readonly result: JsonValue;
    };
    readonly definition: WorkflowDefinition;
    readonly history: readonly HistoryEntry[];
    readonly drain: Drain;
  },
  say: Say,
): Promise<void> {
  const { ended: row, definition, history, drain } = checked;
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
        if (command.type === 'complete' && length === history.length && row.status === 'completed') {
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
      const mayBlock = row.status === 'blocked_on_code' || row.status === 'terminated';
      const isExpected = mayBlock && error instanceof Error && error.name === 'ForeignAwaitError';
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
          // Which command it was a termination does not know: it runs no code.
          if (entry.body.n === 0) return [];
          return [
            [entry.body.commandId, JSON.stringify(['action', entry.body.n, entry.body.name, entry.body.argsHash])],
          ];
        case 'child_started': {
          const { commandId, n, workflow, childExecutionId, parentClosePolicy, argsHash } = entry.body;
          return [
            [commandId, JSON.stringify(['start_child', n, workflow, childExecutionId, parentClosePolicy, argsHash])],
          ];
        }
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
    case 'start_child': {
      const { n, workflow, childExecutionId, parentClosePolicy, argsHash } = command;
      return JSON.stringify(['start_child', n, workflow, childExecutionId, parentClosePolicy, argsHash]);
    }
    default:
      return null;
  }
}
