/** Why an execution does not go on, in the form that its row keeps: readable, and with the code that it happened in. */
import { NondeterminismError, recordError, type RecordedError } from '../../model/errors';
import type { HistoryEntry } from '../../model/history';
import type { JsonObject, JsonValue } from '../../model/json';
import { poisonCode } from '../../model/ports/failures';

const entriesShown = 5;

/** @param history where it is known: the entries before the difference are shown. */
export function blockedBy(
  error: unknown,
  { codeVersion, history }: { readonly codeVersion: string; readonly history: readonly HistoryEntry[] | null },
): RecordedError {
  const recorded = recordError(error);
  const details: JsonObject = { ...asObject(recorded.details), codeVersion };
  if (!(error instanceof NondeterminismError)) return { ...recorded, details };
  const { seq, recorded: logged, actual, callSite } = error.difference;
  const upTo = history?.filter((entry) => seq === null || entry.seq <= seq).slice(-entriesShown) ?? [];
  return {
    ...recorded,
    details: { ...details, seq, recorded: logged, actual, callSite: callSite ?? null, lastEntries: upTo.map(describe) },
  };
}

/** Whether a blocked execution may be tried by this code: it was blocked by other code, and is not put aside. */
export function mayBeTried(error: RecordedError | null, codeVersion: string): boolean {
  if (error === null) return true;
  return error.code !== poisonCode && asObject(error.details).codeVersion !== codeVersion;
}

function describe(entry: HistoryEntry): JsonObject {
  const { seq, kind, body } = entry;
  const commandId = 'commandId' in body ? body.commandId : null;
  return { seq, kind, commandId };
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
