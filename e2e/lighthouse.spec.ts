// Every kind of page, as Lighthouse sees it on a phone: all of its points for accessibility. `npm run bench -- pages` also
// prints what it thinks of their speed.
import { expect } from 'playwright/test';
import { lookedAtNames, startAuditor } from '../scripts/lib/pageAudit';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

test.use({ trace: 'off' });

test('every page has 100 points for accessibility, by Lighthouse and on a phone', async ({ as, baseURL }, testInfo) => {
  // Two dozen pages one after the other, on a machine that may have other things to do.
  test.setTimeout(900_000);
  const alice = await as('alice');
  const mia = await as('mia');
  const decided = uniqueCustomer('Lightship');
  await submitInvoice(alice, { customer: decided, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  await visit(mia, await addressOfTask(mia, decided));
  await reviewForm(taskOf(mia, decided)).approve.click();
  await expect(taskOf(mia, decided)).toContainText('You decided: approve');
  await submitInvoice(alice, { customer: uniqueCustomer('Lightship'), priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);

  const auditor = await startAuditor({
    baseURL: baseURL ?? '',
    executablePath: testInfo.project.use.launchOptions?.executablePath,
    device: 'phone',
  });
  try {
    const pages = await auditor.find(lookedAtNames);
    expect(pages.map(({ name }) => name)).toEqual(lookedAtNames);
    for (const page of pages) {
      const { accessibility, findings } = await auditor.audit(page, ['accessibility']);
      expect.soft(findings.accessibility, `${page.name} at ${page.address}`).toEqual([]);
      expect.soft(accessibility, `${page.name} at ${page.address}`).toBe(100);
    }
  } finally {
    await auditor.stop();
  }
});
