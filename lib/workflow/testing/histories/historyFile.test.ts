import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { goldenFiles } from '../golden/record';
import { HistoryFileError, readHistory } from './historyFile';

interface FileEntry {
  seq: number;
  at: string;
  kind: string;
  payload: Record<string, unknown> | null;
  [column: string]: unknown;
}
interface HistoryJson {
  executionId: string;
  entries: FileEntry[];
}

const directory = mkdtempSync(path.join(os.tmpdir(), 'histories-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const golden = (name: string): string => goldenFiles().find((file) => file.endsWith(`-${name}.json`)) ?? '';

/** A good history, changed. */
function corrupted(change: (history: HistoryJson) => void, name = 'invoice-v2-decided'): string {
  const history = JSON.parse(readFileSync(golden(name), 'utf8')) as HistoryJson;
  change(history);
  const file = path.join(mkdtempSync(path.join(directory, 'one-')), 'history.json');
  writeFileSync(file, JSON.stringify(history));
  return file;
}
const at = (history: HistoryJson, index: number): FileEntry => {
  const entry = history.entries[index];
  if (!entry) throw new Error(`no entry at ${index}`);
  return entry;
};
const appended = (kind: string, payload: Record<string, unknown> | null) =>
  corrupted(({ entries }) => {
    const last = entries.at(-1);
    if (last) entries.push({ ...last, seq: last.seq + 1, kind, payload, commandId: null, action: null });
  });
const refusal = (...files: string[]): string => {
  try {
    readHistory(files);
  } catch (error) {
    if (error instanceof HistoryFileError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('a history from a file', () => {
  it('is read as it was recorded', () => {
    expect(refusal(corrupted(() => undefined))).toBe('accepted');
    expect(refusal(appended('execution_resumed', { by: null, reason: null }))).toBe('accepted');
  });

  it('names an entry of a kind that nobody knows', () => {
    const file = corrupted((history) => (at(history, 2).kind = 'surprise'));
    expect(refusal(file)).toBe('Entry 3 is of no known kind: "surprise".');
    expect(refusal(appended('toString', {}))).toMatch(/is of no known kind: "toString"/);
  });

  it('names an entry without what its kind must hold', () => {
    expect(refusal(corrupted((history) => (at(history, 0).payload = {})))).toMatch(
      /^Entry 1 \(execution_started\) does not hold .*workflow/,
    );
    expect(refusal(appended('execution_resumed', null))).toMatch(/^Entry \d+ \(execution_resumed\).*by/);
    expect(refusal(appended('event_received', { event: { name: 'A' } }))).toMatch(/event\.type/);
    expect(refusal(appended('timer_fired', null))).toMatch(/\(timer_fired\).*commandId/);
  });

  it('names an entry that is older than the one before it', () => {
    const file = corrupted((history) => (at(history, 3).at = '2001-01-01T00:00:00.000Z'));
    expect(refusal(file)).toMatch(
      /^Entry 4 .* is of 2001-01-01T00:00:00\.000Z, before entry 3 of .* never runs backwards/,
    );
  });

  it('names an entry that is missing, given twice, or of another execution', () => {
    expect(refusal(corrupted(({ entries }) => entries.splice(1, 1)))).toMatch(/^Entry 2 is missing/);
    expect(refusal(corrupted((history) => history.entries.push(at(history, 1))))).toBe('Entry 2 is given twice.');
    const other = corrupted((history) => (history.executionId = 'other'));
    expect(refusal(golden('invoice-v2-decided'), other)).toMatch(/two executions, .* and other/);
  });

  it('ends the command with 1 and the name of the entry, without a stack', { timeout: 60_000 }, () => {
    const file = corrupted((history) => (at(history, 2).kind = 'surprise'));
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/baton.ts', 'replay', file], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('Entry 3 is of no known kind: "surprise".\n');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
