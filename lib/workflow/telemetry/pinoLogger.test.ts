import { describe, expect, it } from 'vitest';
import { createPinoLogger, type LogLevel } from './pinoLogger';

function record(level: LogLevel = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const stream = {
    write: (line: string) => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  };
  return { lines, logger: createPinoLogger({ level, service: 'worker', fields: { workerId: 'w1' }, stream }) };
}

describe('pino logger', () => {
  it('writes one JSON line with level, time, service, fields and message', () => {
    const { lines, logger } = record();
    logger.info({ executionId: 'e1' }, 'taken');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'worker',
      workerId: 'w1',
      executionId: 'e1',
      message: 'taken',
    });
    expect(new Date(String(lines[0]?.time)).getTime()).toBeGreaterThan(0);
  });

  it('adds the fields of a child to each of its lines', () => {
    const { lines, logger } = record();
    logger.child({ tenant: 'acme' }).child({ eventId: 'v1' }).warn({}, 'late');
    expect(lines[0]).toMatchObject({ level: 'warn', tenant: 'acme', eventId: 'v1', workerId: 'w1' });
  });

  it('leaves out what is below its level, without looking at the fields', () => {
    const { lines, logger } = record('warn');
    const trap = {
      get costly(): string {
        throw new Error('looked');
      },
    };
    logger.debug(trap, 'quiet');
    logger.info(trap, 'quiet');
    logger.error({}, 'loud');
    expect(lines.map((line) => line.message)).toEqual(['loud']);
  });

  it('redacts secrets at any depth, in children and in addresses', () => {
    const { lines, logger } = record();
    logger.child({ apiKey: 'k-1' }).error(
      {
        user: { name: 'mia', password: 'p-2', nested: { accessToken: 't-3' } },
        headers: { Authorization: 'Bearer b-4', cookie: ['c-5'] },
        redis: 'redis://:r-6@localhost:6379',
        error: new Error('cannot reach postgres://baton:q-7@db/baton', { cause: new Error('rediss://x:s-8@h') }),
      },
      'failed at redis://user:u-9@host',
    );
    const text = JSON.stringify(lines[0]);
    for (const secret of ['k-1', 'p-2', 't-3', 'b-4', 'c-5', 'r-6', 'q-7', 's-8', 'u-9']) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('mia');
  });

  it('keeps counts and flags whose names sound secret', () => {
    const { lines, logger } = record();
    logger.info({ hasToken: true, token: 3 }, 'fine');
    expect(lines[0]).toMatchObject({ hasToken: true, token: 3 });
  });

  it('describes errors with type, message, code, stack and cause', () => {
    const { lines, logger } = record();
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'E42' });
    logger.error({ error }, 'failed');
    expect(lines[0]?.error).toMatchObject({
      type: 'TypeError',
      message: 'outer',
      code: 'E42',
      cause: { type: 'Error', message: 'inner' },
    });
    expect(JSON.stringify(lines[0]?.error)).toContain('pinoLogger.test');
  });

  it('survives circular, deep, huge and odd values', () => {
    const { lines, logger } = record();
    const circular: Record<string, unknown> = { big: 12n, text: 'x'.repeat(50_000), list: Array.from({ length: 500 }) };
    circular.self = circular;
    logger.info(
      { circular, call: () => 1, bytes: Buffer.alloc(5_000), at: new Date(0), map: new Map([['a', 1]]) },
      'odd',
    );
    expect(JSON.stringify(lines[0]).length).toBeLessThan(80_000);
    expect(lines[0]).toMatchObject({ call: '[function]', at: '1970-01-01T00:00:00.000Z', map: { a: 1 } });
  });
});
