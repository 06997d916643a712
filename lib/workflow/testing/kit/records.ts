import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { ActionCallRecord } from './scenario';

/** Calls of actions in the order of the log, with the parameters and attempts that their results hold. */
export function recordsOf(
  history: readonly HistoryEntry[],
  results: readonly { readonly commandId: string; readonly params: JsonValue; readonly attempts: number }[],
): readonly ActionCallRecord[] {
  const facts = new Map(results.map((result) => [result.commandId, result]));
  return history.flatMap((entry) => {
    if (entry.kind !== 'action_completed' && entry.kind !== 'action_failed') return [];
    const { commandId, name } = entry.body;
    const { params = null, attempts = 1 } = facts.get(commandId) ?? {};
    const failed = entry.kind === 'action_failed';
    const result = failed ? null : entry.body.result;
    return [{ commandId, name, params, attempts, result, error: failed ? entry.body.error : null }];
  });
}
