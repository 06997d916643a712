import { describe, expect, it } from 'vitest';
import { readOptions, requireNodeVersion } from './options.mjs';

const read = (env: Record<string, string>, argv: string[] = []) => readOptions({ argv, env, cwd: '/srv/shop' });

describe('options of npm start', () => {
  it('are a demo on own servers, port 3000 and .data when nothing is given', () => {
    expect(read({})).toMatchObject({ dev: false, workers: 1, port: 3000, dataDir: '/srv/shop/.data', demo: true });
    expect(read({ DATABASE_URL: '', PORT: '' })).toMatchObject({ port: 3000, databaseUrl: undefined });
  });

  it('mean production when a database is given and the demo is not asked for', () => {
    const databaseUrl = 'postgres://user:secret@db/baton';
    expect(read({ DATABASE_URL: databaseUrl })).toMatchObject({ databaseUrl, demo: false });
    expect(read({ DATABASE_URL: databaseUrl, BATON_DEMO: '1' }).demo).toBe(true);
  });

  it('take the number of workers in both spellings', () => {
    expect(read({}, ['--workers', '3']).workers).toBe(3);
    expect(read({}, ['--workers=0', '--dev'])).toMatchObject({ workers: 0, dev: true });
  });

  it.each([
    [{}, ['--workers', 'many'], '--workers takes a number'],
    [{}, ['--worker', '3'], 'Unknown argument "--worker"'],
    [{ PORT: '70000' }, [], 'PORT must be'],
    [{ REDIS_URL: 'localhost:6379' }, [], 'REDIS_URL is not a'],
  ])('refuse %j %j in one sentence', (env, argv, sentence) => {
    expect(() => read(env, argv)).toThrow(sentence);
  });

  it('do not repeat an address that may hold a password', () => {
    expect(() => read({ DATABASE_URL: 'mysql://root:hunter2@db/x' })).toThrow(/^(?!.*hunter2)/);
  });
});

describe('the Node version', () => {
  it('is refused below 20.9 and accepted from there on', () => {
    for (const version of ['v18.20.0', 'v20.8.1']) expect(() => requireNodeVersion(version)).toThrow(version);
    for (const version of ['v20.9.0', 'v22.1.0']) expect(() => requireNodeVersion(version)).not.toThrow();
  });
});
