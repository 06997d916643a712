// What the browser itself refused to load or to run because of a page's policy.
import type { Page, Response } from 'playwright/test';

/** Collects from now on what the browser refused, and every document that it was given. */
export async function watchPolicies(page: Page) {
  const refused: string[] = [];
  const documents: Response[] = [];
  await page.exposeFunction('tellRefusal', (what: string) => void refused.push(what));
  await page.addInitScript(() => {
    const tell = (what: string) =>
      void (window as unknown as { tellRefusal: (what: string) => Promise<void> }).tellRefusal(what);
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, sample }) =>
      tell(`${location.pathname}: ${violatedDirective} kept ${blockedURI} out ${sourceFile} ${sample}`),
    );
  });
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'document') documents.push(answer);
  });
  return { refused, documents };
}
