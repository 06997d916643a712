/** What is to be done with an execution that is not in memory, as far as that needs none of its code. */
import type { CommandOf } from '../../model/commands';
import type { HistoryEntry, NewEntry } from '../../model/history';
import type { ActionOutcome } from '../../model/ports/actions';
import type { FlushRelations } from '../../model/ports/relations';
import type { ExecutionFlush, LoadedExecution } from '../../model/ports/store';
import { standingOf } from '../../model/standing';
import { isEnded } from '../../model/status';
import { bareFlush } from './bareFlush';
import { endOf } from './ends';
import { parentToTell } from './relations';

/**
 * - `run`: replay it and go on;
 * - `decide`: take the decisions out of its inbox, and look again;
 * - `pause`, `terminate`: its log says so, its row does not yet;
 * - `close_late`: it has ended, and something came afterwards.
 */
export type ColdStep = 'run' | 'decide' | 'pause' | 'terminate' | 'close_late' | 'none';

export function coldStep(loaded: LoadedExecution, hasCode: boolean): ColdStep {
  const { status, decisions, history, hasInbox } = loaded;
  if (isEnded(status)) {
    if (status === 'failed' && decisions.includes('execution_retried')) return 'decide';
    return hasInbox ? 'close_late' : 'none';
  }
  const { isPaused, termination } = standingOf(history);
  if (termination) return 'terminate';
  if (decisions.includes('terminate_requested')) return 'decide';
  const isHeld = isPaused || status === 'paused' || status === 'blocked_on_code' || !hasCode;
  if (isHeld && decisions.some((kind) => kind !== 'cancel_requested')) return 'decide';
  if (isPaused) return status === 'paused' ? 'none' : 'pause';
  return status === 'paused' ? 'none' : 'run';
}

/** A call that was under way when the copy of its execution was dropped, with what came of it. */
export interface SettledCall {
  readonly command: CommandOf<'action'>;
  readonly outcome: ActionOutcome;
}

export function pauseFlush(loaded: LoadedExecution): ExecutionFlush {
  const { history } = loaded;
  return bareFlush(loaded, { expectedHead: history.length, status: 'paused', state: lastState(history) });
}

/** The end of an execution whose code is not run: with every outcome that is known. */
export function terminationFlush(
  loaded: LoadedExecution,
  settled: readonly SettledCall[],
  atMs: number,
): ExecutionFlush {
  const { history } = loaded;
  const { entry: last, end } = endOf({
    result: null,
    termination: standingOf(history).termination,
    isCanceled: false,
  });
  // What is stored stands, whatever became of another attempt.
  const standing = new Map(loaded.unlogged.map(({ commandId, outcome }) => [commandId, outcome]));
  const known = settled
    .filter(({ command }) => !isLogged(history, command.commandId))
    .map(({ command, outcome }) => ({ command, outcome: standing.get(command.commandId) ?? outcome }));
  const own = new Set(known.map(({ command }) => command.commandId));
  const stored = loaded.unlogged.filter(({ commandId }) => !own.has(commandId) && !isLogged(history, commandId));
  const news = [
    ...stored.flatMap(({ commandId, actionName: name, outcome }) => {
      // Which command it was only the code could say; nothing is run again after it.
      return outcome ? outcomeEntry({ commandId, n: 0, name, argsHash: '' }, outcome) : [];
    }),
    ...known.flatMap(({ command: { commandId, n, name, argsHash }, outcome }) =>
      outcomeEntry({ commandId, n, name, argsHash }, outcome),
    ),
    last,
  ];
  const atEnd = Math.max(atMs, history.at(-1)?.at ?? 0);
  return bareFlush(loaded, {
    expectedHead: history.length,
    status: end.status,
    state: lastState(history),
    end,
    entries: news.map((entry, index) => ({ seq: history.length + index + 1, at: atEnd, ...entry })),
    results: known.flatMap(({ command: { commandId, name: actionName }, outcome }) =>
      outcome.status === 'ownership_lost' || outcome.status === 'deferred' || outcome.stored
        ? []
        : [{ commandId, actionName, outcome }],
    ),
    timersDropped: loaded.timers,
    waitsEnded: loaded.waits,
    cancelOpenTasks: true,
    relations: relationsOf(loaded, end),
    atMs: atEnd,
  });
}

/** The parent that is to know, and the children that are to end with it. */
function relationsOf(loaded: LoadedExecution, end: NonNullable<ExecutionFlush['end']>): FlushRelations | null {
  const { executionId: childExecutionId, history } = loaded;
  const [first] = history;
  const hasEndedBefore = history.some(({ kind }) => kind === 'execution_failed');
  const parent = first?.kind === 'execution_started' && !hasEndedBefore ? parentToTell(first.body) : null;
  const ended = new Set(history.flatMap(({ kind, body }) => (kind === 'child_ended' ? [body.commandId] : [])));
  const childrenClosed = history.flatMap((entry): FlushRelations['childrenClosed'][number][] => {
    if (entry.kind !== 'child_started' || ended.has(entry.body.commandId)) return [];
    const { childExecutionId: executionId, partitionId, parentClosePolicy: policy } = entry.body;
    return policy === 'abandon' ? [] : [{ executionId, partitionId, policy }];
  });
  if (!parent && childrenClosed.length === 0) return null;
  const { result, error } = end;
  const told = parent && {
    commandId: parent.commandId,
    childExecutionId,
    status: 'terminated' as const,
    result,
    error,
  };
  return {
    childrenStarted: [],
    parentTold: parent && told && { parent, end: told },
    childrenClosed,
    successor: null,
  };
}

type CallRef = Pick<
  Extract<HistoryEntry, { kind: 'action_completed' }>['body'],
  'commandId' | 'n' | 'name' | 'argsHash'
>;

function outcomeEntry(call: CallRef, outcome: ActionOutcome): NewEntry[] {
  switch (outcome.status) {
    case 'completed':
      return [{ kind: 'action_completed', body: { ...call, result: outcome.result } }];
    case 'failed':
      return [{ kind: 'action_failed', body: { ...call, error: outcome.error } }];
    case 'ownership_lost':
    case 'deferred':
      return [];
  }
}

/** After a retry only the last outcome of a call counts, and it may come again. */
function isLogged(history: readonly HistoryEntry[], commandId: string): boolean {
  return history.some(
    ({ kind, body }) => (kind === 'action_completed' || kind === 'action_failed') && body.commandId === commandId,
  );
}

function lastState(history: readonly HistoryEntry[]): string | null {
  const last = history.findLast((entry) => entry.kind === 'state_changed');
  return last?.kind === 'state_changed' ? last.body.state : null;
}
