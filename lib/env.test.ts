import { describe, expect, it } from 'vitest';
import { EnvironmentError, parseEnvironment } from './env';

const minimal = { DATABASE_URL: 'postgres://localhost:5432/baton' };

describe('parseEnvironment', () => {
  it('fills in defaults', () => {
    expect(parseEnvironment(minimal)).toMatchObject({
      databaseUrl: minimal.DATABASE_URL,
      redisUrl: undefined,
      port: 3000,
      dataDir: '.data',
      isDemo: false,
      logLevel: 'info',
    });
  });

  it('takes an empty value as not given', () => {
    expect(parseEnvironment({ ...minimal, REDIS_URL: '', PORT: '', BATON_DEMO: '' })).toMatchObject({
      redisUrl: undefined,
      port: 3000,
      isDemo: false,
    });
  });

  it('sends mail only where a server is named, and links to where people are', () => {
    expect(parseEnvironment(minimal)).toMatchObject({ smtp: null, publicUrl: 'http://localhost:3000' });
    const BATON_SMTP_URL = 'smtp://mail.acme.test';
    const mail = { BATON_SMTP_URL, BATON_MAIL_FROM: 'Baton <b@acme.test>', BATON_PUBLIC_URL: 'https://b.acme.test/' };
    expect(parseEnvironment({ ...minimal, ...mail })).toMatchObject({
      smtp: { url: BATON_SMTP_URL, from: 'Baton <b@acme.test>' },
      publicUrl: 'https://b.acme.test',
    });
  });

  it('names the database when it is missing', () => {
    expect(() => parseEnvironment({})).toThrow(/^DATABASE_URL is not set: it names the Postgres database/);
  });

  it.each([
    ['DATABASE_URL', 'mysql://localhost/baton', 'DATABASE_URL must be an address such as postgres://'],
    ['DATABASE_URL', 'nonsense', 'DATABASE_URL must be an address such as postgres://'],
    ['REDIS_URL', 'localhost:6379', 'REDIS_URL must be an address such as redis://localhost:6379.'],
    ['PORT', 'http', 'PORT must be a whole number from 1 to 65535.'],
    ['PORT', '70000', 'PORT must be a whole number from 1 to 65535.'],
    ['AUTH_SECRET', 'short', 'AUTH_SECRET must have 32 characters or more'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be debug, info, warn, error or silent.'],
    ['BATON_DEMO', 'yes', 'BATON_DEMO must be 1 or 0.'],
    ['BATON_WORKER_ID', '7', 'BATON_WORKER_ID must be a UUID.'],
    ['BATON_SMTP_URL', 'mail.acme.test', 'BATON_SMTP_URL must be an address such as smtp://'],
    ['BATON_CODE_VERSION', 'x'.repeat(101), 'BATON_CODE_VERSION must have 100 characters at most.'],
    ['BATON_SMTP_URL', 'smtp://mail.acme.test', 'BATON_MAIL_FROM is not set'],
    ['BATON_MAIL_FROM', 'Baton', 'BATON_MAIL_FROM must be an address such as baton@example.com'],
    ['BATON_MAIL_FROM', 'baton@acme.test\r\nBcc: x@y.z', 'BATON_MAIL_FROM must be an address'],
    ['BATON_PUBLIC_URL', 'baton.acme.test', 'BATON_PUBLIC_URL must be an address such as https://'],
  ])('says in one sentence what is wrong with %s=%s', (name, value, sentence) => {
    const parse = () => parseEnvironment({ ...minimal, [name]: value });
    expect(parse).toThrow(EnvironmentError);
    expect(parse).toThrow(sentence);
  });

  it('names every wrong value at once', () => {
    expect(() => parseEnvironment({ PORT: 'x', DATABASE_URL: 'y' })).toThrow(/DATABASE_URL must.*PORT must/);
  });
});
