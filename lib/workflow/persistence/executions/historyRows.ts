/**
 * How a history entry lies in `workflow_events`. Command id and the name that people look for have columns of their
 * own; results and errors of actions stay in `workflow_action_results`, the entry only points there.
 */
import type { HistoryEntry, NewEntry } from '../../model/history';
import type { JsonObject, JsonValue } from '../../model/json';
import type { StoredActionResult } from '../../model/ports/store';

export interface EntryColumns {
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payload: JsonObject | null;
}

export function entryColumns(entry: NewEntry): EntryColumns {
  switch (entry.kind) {
    case 'action_completed': {
      const { commandId, name, n, argsHash } = entry.body;
      return { name, commandId, payload: { n, argsHash } };
    }
    case 'action_failed': {
      // With its error: a retry of the execution writes another result over this one.
      const { commandId, name, n, argsHash, error } = entry.body;
      return { name, commandId, payload: { n, argsHash, error: asJson(error) } };
    }
    case 'timer_fired':
      return { name: null, commandId: entry.body.commandId, payload: null };
    case 'execution_started':
      return { name: entry.body.workflow, commandId: null, payload: asJson(entry.body) };
    case 'event_received':
      return { name: entry.body.event.name, commandId: null, payload: asJson(entry.body) };
    case 'task_ended':
      return { name: entry.body.eventName, commandId: null, payload: asJson(entry.body) };
    case 'log_written':
      return { name: entry.body.level, commandId: null, payload: asJson(entry.body) };
    case 'cancel_requested':
    case 'terminate_requested':
    case 'execution_paused':
    case 'execution_resumed':
    case 'execution_retried':
    case 'execution_completed':
    case 'execution_failed':
    case 'execution_canceled':
    case 'execution_terminated':
    case 'execution_continued':
      return { name: null, commandId: null, payload: asJson(entry.body) };
    case 'state_changed':
      return { name: entry.body.state, ...commandColumns(entry.body) };
    case 'data_set':
      return { name: entry.body.key, ...commandColumns(entry.body) };
    case 'wait_started':
      return { name: entry.body.names.join(' | '), ...commandColumns(entry.body) };
    case 'patch_marked':
      return { name: entry.body.patchId, ...commandColumns(entry.body) };
    case 'sleep_started':
      return { name: null, ...commandColumns(entry.body) };
    case 'task_created':
      return { name: entry.body.taskType, ...commandColumns(entry.body) };
    case 'task_refused':
      return { name: null, ...commandColumns(entry.body) };
    case 'task_reminded':
    case 'task_escalated':
      return { name: null, commandId: entry.body.commandId, payload: entry.body };
    case 'child_started':
      return { name: entry.body.workflow, ...commandColumns(entry.body) };
    case 'child_ended':
      return { name: entry.body.status, ...commandColumns(entry.body) };
  }
}

export interface EntryRow {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payload: JsonValue;
}

/** An entry as a statement of the log's table returns it. */
export interface SelectedEntry {
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly name: string | null;
  readonly command_id: string | null;
  readonly payload: JsonValue;
}

export function rowOf({ seq, at, kind, name, command_id: commandId, payload }: SelectedEntry): EntryRow {
  return { seq, atMs: at.getTime(), kind, name, commandId, payload };
}

/** Null when the row points to a result that was not read: the reads were not of one moment, read again. */
export function entryFromRow(
  row: EntryRow,
  resultOf: (commandId: string) => StoredActionResult | undefined,
): HistoryEntry | null {
  const { seq, atMs, kind, name, commandId, payload } = row;
  const stored = (payload ?? {}) as JsonObject;
  let body: unknown = commandId === null ? stored : { ...stored, commandId };
  if (kind === 'action_completed') {
    const outcome = resultOf(commandId ?? '')?.outcome;
    if (outcome?.status !== 'completed') return null;
    body = { ...stored, commandId, name, result: outcome.result };
  }
  if (kind === 'action_failed') {
    const outcome = resultOf(commandId ?? '')?.outcome;
    const error = stored.error ?? (outcome?.status === 'failed' ? outcome.error : undefined);
    if (!error) return null;
    body = { ...stored, commandId, name, error };
  }
  // The kinds and bodies of rows are those that `entryColumns` and the inbox writers put there.
  return { seq, at: atMs, kind, body } as HistoryEntry;
}

function commandColumns(body: { readonly commandId: string }): Pick<EntryColumns, 'commandId' | 'payload'> {
  const { commandId, ...rest } = body;
  return { commandId, payload: asJson(rest) };
}

const asJson = (value: object): JsonObject => value as JsonObject;
