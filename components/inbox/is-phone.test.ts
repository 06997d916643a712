import { describe, expect, it } from 'vitest';
import { isPhone } from './is-phone';

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('who asks for a page', () => {
  it.each([
    ['a phone that says so', { 'sec-ch-ua-mobile': '?1', 'user-agent': firefox }, true],
    ['a desk that says so', { 'sec-ch-ua-mobile': '?0', 'user-agent': iphone }, false],
    ['a phone known by its name', { 'user-agent': iphone }, true],
    ['a desk known by its name', { 'user-agent': firefox }, false],
    ['nobody in particular', {}, false],
  ])('%s', (_, headers, expected) => {
    expect(isPhone(new Headers(headers))).toBe(expected);
  });
});
