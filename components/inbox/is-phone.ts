/**
 * Whether a phone asks for a page. Only ever to spare it something that it would not show at first: where this is wrong,
 * the page asks for what is missing.
 */
export function isPhone(headers: Pick<Headers, 'get'>): boolean {
  const said = headers.get('sec-ch-ua-mobile');
  return said === null ? /\bMobi/.test(headers.get('user-agent') ?? '') : said === '?1';
}
