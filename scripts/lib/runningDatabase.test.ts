import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDatabaseUrl } from './runningDatabase';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'baton-run-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('findDatabaseUrl', () => {
  it('prefers the environment', () => {
    writeFileSync(path.join(dataDir, 'run.json'), '{"databaseUrl":"postgres://from-file"}');
    expect(findDatabaseUrl({ databaseUrl: 'postgres://given', dataDir })).toBe('postgres://given');
    expect(findDatabaseUrl({ databaseUrl: '', dataDir })).toBe('postgres://from-file');
  });

  it('reads where the running product keeps its data', () => {
    writeFileSync(path.join(dataDir, 'run.json'), '{"databaseUrl":"postgres://from-file"}');
    expect(findDatabaseUrl({ databaseUrl: undefined, dataDir })).toBe('postgres://from-file');
  });

  it.each([undefined, '{', 'null', '{}', '{"databaseUrl":7}'])('says what to do when run.json is %j', (content) => {
    if (content !== undefined) writeFileSync(path.join(dataDir, 'run.json'), content);
    expect(() => findDatabaseUrl({ databaseUrl: undefined, dataDir })).toThrow('Start it with npm start');
  });
});
