import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveAuthSecret } from './secret';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'baton-secret-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('the session secret', () => {
  it('is the given one, and then nothing is written', () => {
    expect(resolveAuthSecret({ given: 'given', dataDir })).toBe('given');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is made once, readable by its owner alone, and stays', () => {
    const first = resolveAuthSecret({ given: undefined, dataDir });
    expect(first.length).toBeGreaterThanOrEqual(43);
    expect(resolveAuthSecret({ given: undefined, dataDir })).toBe(first);
    expect(readdirSync(dataDir)).toEqual(['auth-secret']);
    expect(statSync(path.join(dataDir, 'auth-secret')).mode & 0o777).toBe(0o600);
  });

  it('is made in a folder that does not exist yet', () => {
    const nested = path.join(dataDir, 'not', 'there');
    expect(resolveAuthSecret({ given: undefined, dataDir: nested })).not.toBe('');
  });

  it('is never an empty text', () => {
    writeFileSync(path.join(dataDir, 'auth-secret'), '');
    expect(() => resolveAuthSecret({ given: undefined, dataDir })).toThrow('is empty: remove it');
  });
});
