import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './unavailable';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('isDatabaseUnavailable', () => {
  it.each(['ECONNREFUSED', 'CONNECTION_CLOSED', 'CONNECT_TIMEOUT', '57P01', '57P03', '53300', '08006'])(
    'knows %s, also as the cause of another error',
    (code) => {
      expect(isDatabaseUnavailable(withCode(code))).toBe(true);
      expect(isDatabaseUnavailable(new Error('query failed', { cause: withCode(code) }))).toBe(true);
      expect(isDatabaseUnavailable(new AggregateError([withCode(code)]))).toBe(true);
    },
  );

  it.each([withCode('23505'), withCode('57014'), new Error('x'), null, 'ECONNREFUSED'])(
    'takes %s for something else',
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );
});
