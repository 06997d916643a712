import { describe, expect, it } from 'vitest';
import { hasErrorPage, readErrorPage } from './readErrorPage';

describe('the page of an error', () => {
  it('is found by its code, one for each status of an HTTP answer', async () => {
    expect(await readErrorPage('http_404')).toEqual(await readErrorPage('http_status'));
    expect(hasErrorPage('http_404')).toBe(true);
  });

  it('is not there for codes of somebody else, and leads nowhere else', () => {
    for (const code of [null, 'ECONNREFUSED', 'http_4040', 'my_code', '../README', 'README']) {
      expect(hasErrorPage(code), String(code)).toBe(false);
    }
  });
});
