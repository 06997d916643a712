/**
 * The nonce of the page that is open, for what adds style elements while somebody works (editors, for example). It is
 * the one of the first answer: after a change of address within the product the browser still holds to that policy, so
 * a nonce that a later answer brought would be refused.
 */
export function pageNonce(page: Pick<Document, 'querySelector'>): string | undefined {
  // Browsers keep the attribute from being read, but not the property of the element.
  return page.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
}
