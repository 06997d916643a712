// Histories as files: the answer of `GET /api/v1/executions/:id/history`, read and written.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { StoredActionResult } from '../../model/ports/store';
import { entryColumns, entryFromRow } from '../../persistence/executions/historyRows';
import { entrySchemas, isEntryKind } from './entrySchemas';

/** A file that holds no history. The message says what it should hold. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError';
}

export interface History {
  readonly executionId: string;
  readonly tenant: string;
  readonly workflow: string;
  readonly version: string;
  readonly entries: readonly HistoryEntry[];
}

const json = z.custom<JsonValue>((value) => value !== undefined);
const recordedError = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().nullable(),
  details: json,
  once: z.literal(true).optional(),
});
const entrySchema = z.object({
  seq: z.int().positive(),
  at: z.iso.datetime(),
  kind: z.string(),
  name: z.string().nullable(),
  commandId: z.string().nullable(),
  payload: json,
  action: z.object({ result: json.optional(), error: recordedError.nullish() }).nullish(),
});
const fileSchema = z.object({
  executionId: z.string(),
  /** Not part of the API's answer: whoever asks knows it. */
  tenant: z.string().default('unknown'),
  entries: z.array(entrySchema).min(1),
  next: z.int().nullish(),
});
type FileEntry = z.output<typeof entrySchema>;

/**
 * Reads a history, in one file or in the pages that the API gave.
 * @throws HistoryFileError
 */
export function readHistory(files: readonly string[]): History {
  const pages = files.map((file) => {
    const parsed = fileSchema.safeParse(parseFile(file));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new HistoryFileError(
      `${file} is no history as GET /api/v1/executions/:id/history answers it: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    );
  });
  const [first] = pages;
  if (!first) throw new HistoryFileError('Name the file of a history.');
  const other = pages.find(({ executionId }) => executionId !== first.executionId);
  if (other)
    throw new HistoryFileError(`The pages are of two executions, ${first.executionId} and ${other.executionId}.`);
  const rows = pages.flatMap(({ entries }) => entries).sort((a, b) => a.seq - b.seq);
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (row.seq === before?.seq) throw new HistoryFileError(`Entry ${row.seq} is given twice.`);
    if (before && Date.parse(row.at) < Date.parse(before.at)) {
      throw new HistoryFileError(
        `Entry ${row.seq} (${row.kind}) is of ${row.at}, before entry ${before.seq} of ${before.at}: a log never runs backwards.`,
      );
    }
    if (row.seq !== index + 1) {
      throw new HistoryFileError(
        `Entry ${index + 1} is missing. Give all pages: ask again with "after" while "next" is set.`,
      );
    }
  });
  const entries = rows.map(readEntry);
  const [started] = entries;
  if (started?.kind !== 'execution_started') throw new HistoryFileError('Entry 1 is not the start of an execution.');
  const { workflow, version } = started.body;
  return { executionId: first.executionId, tenant: first.tenant, workflow, version, entries };
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new HistoryFileError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readEntry({ seq, at, kind, name, commandId, payload, action }: FileEntry): HistoryEntry {
  if (!isEntryKind(kind)) throw new HistoryFileError(`Entry ${seq} is of no known kind: "${kind}".`);
  const row = { seq, atMs: Date.parse(at), kind, name, commandId, payload };
  const entry = entryFromRow(row, () => outcomeOf(kind, commandId ?? '', action));
  if (!entry) throw new HistoryFileError(`Entry ${seq} (${kind}) lacks the outcome of its action, "action".`);
  const body = entrySchemas[kind].safeParse(entry.body);
  if (body.success) return entry;
  const [issue] = body.error.issues;
  const place = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new HistoryFileError(
    `Entry ${seq} (${kind}) does not hold what such an entry must: ${place}${issue?.message}.`,
  );
}

function outcomeOf(kind: string, commandId: string, action: FileEntry['action']): StoredActionResult | undefined {
  if (!action) return undefined;
  const facts = { attempts: 1, startedAtMs: 0, completedAtMs: 0, stored: true, params: null };
  const failed = kind === 'action_failed';
  if (failed && !action.error) return undefined;
  const outcome =
    failed && action.error
      ? { ...facts, status: 'failed' as const, error: action.error }
      : { ...facts, status: 'completed' as const, result: action.result ?? null };
  return { commandId, actionName: '', attempts: 1, startedAtMs: 0, nextAttemptAtMs: null, outcome };
}

/** The text of a file that `readHistory` reads. */
export function historyText({
  executionId,
  tenant,
  entries,
}: Pick<History, 'executionId' | 'tenant' | 'entries'>): string {
  const rows = entries.map((entry) => {
    const { seq, at, kind } = entry;
    const result = entry.kind === 'action_completed' ? entry.body.result : null;
    const error = entry.kind === 'action_failed' ? entry.body.error : null;
    const action = kind === 'action_completed' || kind === 'action_failed' ? { result, error } : null;
    return { seq, at: new Date(at).toISOString(), kind, ...entryColumns(entry), action };
  });
  return `${JSON.stringify({ executionId, tenant, entries: rows, next: null }, null, 2)}\n`;
}
