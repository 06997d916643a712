// An author of forms, without a developer: a draft, a preview, a finding that is mended, a version that new tasks get.
import { expect, type Locator, type Page } from 'playwright/test';
import { invoiceReviewForm } from '../workflows/forms/invoice-review-form';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

const newTenant = () => uniqueCustomer('forms').replace(' ', '-');

/** The form of an invoice's review with one more field to read, and one more to answer. */
function schemaWith(key: string): string {
  const { properties, ...rest } = invoiceReviewForm.jsonSchema;
  const told = { type: 'string', title: 'Who pays', readOnly: true, default: `\${contextData.${key}}` };
  const asked = { type: 'string', title: 'Cost centre', maxLength: 40 };
  return JSON.stringify(
    { ...rest, properties: { ...(properties as object), payer: told, costCentre: asked } },
    null,
    2,
  );
}

const editorOf = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

/** Writes over the whole text of an editor, by keyboard. */
async function write(page: Page, name: string, text: string): Promise<void> {
  await editorOf(page, name).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** Makes the tenant's own definition of an invoice's review, whose form begins as a copy of the system's. */
async function makeOwn(page: Page): Promise<void> {
  await visit(page, '/admin/task-definitions');
  await page
    .getByRole('region', { name: 'Task definitions of the system' })
    .getByRole('link', { name: 'Invoice review', exact: true })
    .click();
  await page.getByRole('link', { name: 'Make your own' }).click();
  await expect(page.getByRole('textbox', { name: 'Task type' })).toHaveValue('invoice_review');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Our invoice review');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Our invoice review' })).toBeVisible();
}

/** The preview in light and in dark, beside a page that stays light. It is left dark. */
async function expectPreviewInBothThemes(page: Page): Promise<void> {
  const preview = page.getByRole('region', { name: 'Preview' });
  const comment = preview.getByRole('textbox', { name: 'Comment' });
  const title = preview.getByRole('heading', { name: 'Preview' });
  const inkOf = (part: Locator) => part.evaluate((element) => getComputedStyle(element).color);
  const inkOfPage = await inkOf(title);
  await preview.getByRole('button', { name: 'Light' }).click();
  await expect(comment).toHaveCSS('color-scheme', 'light');
  await expect(comment).toHaveCSS('color', inkOfPage);
  await preview.getByRole('button', { name: 'Dark' }).click();
  // Its own controls too, such as calendars.
  await expect(comment).toHaveCSS('color-scheme', 'dark');
  await expect(comment).not.toHaveCSS('color', inkOfPage);
  await expect(title).toHaveCSS('color', inkOfPage);
}

test('an author drafts, previews, mends a finding and publishes; open tasks keep their version, new ones get the new one', async ({
  as,
  colleague,
}) => {
  test.slow();
  const tenant = newTenant();
  const fay = await as(await colleague({ name: 'Fay Lind', tenant, roles: ['administrator', 'requester'] }));
  const max = await as(await colleague({ name: 'Max Roth', tenant, roles: ['manager'] }));
  await visit(fay, '/admin/attachments');
  await fay.getByRole('switch', { name: 'INVOICE_SUBMITTED starts InvoiceReview' }).click();
  await expect(fay.getByRole('switch', { name: 'INVOICE_SUBMITTED starts InvoiceReview' })).toBeChecked();
  await makeOwn(fay);
  const definition = new URL(fay.url()).pathname;
  await expect(fay.getByRole('region', { name: 'Versions of the form' })).toContainText('Version 1');

  const [first, second] = [uniqueCustomer('First'), uniqueCustomer('Second')];
  await submitInvoice(fay, { customer: first, priceEach: '5000' });
  await expect(progressOf(fay)).toContainText(['You submitted it', 'Waiting for a manager']);
  const firstTask = await addressOfTask(max, first);

  await visit(fay, definition);
  await fay.getByRole('link', { name: 'Write a new version' }).click();
  await expect(editorOf(fay, 'Schema')).toContainText('"isUrgent"');
  await write(fay, 'Schema', '{ "type": "object", ');
  const findings = fay.getByRole('region', { name: 'Findings' });
  await expect(findings.getByRole('button', { name: /Error Schema, line 1/ })).toBeVisible();
  // Tab leaves the editor, as it leaves every field.
  await fay.keyboard.press('Tab');
  await expect(findings.getByRole('button', { name: /Error Schema, line 1/ })).toBeFocused();
  const preview = fay.getByRole('region', { name: 'Preview' });
  // What is no JSON for a moment leaves the preview as it was.
  await expect(preview.getByRole('textbox', { name: 'Comment' })).toBeVisible();
  await expect(fay.getByText('Draft saved')).toBeVisible();
  await fay.reload();
  await expect(editorOf(fay, 'Schema')).toHaveText('{ "type": "object", ');

  await write(fay, 'Schema', schemaWith('custmer'));
  const finding = findings.getByRole('button', { name: 'Did you mean "customer"?' });
  await expect(finding).toContainText('Error');
  await expect(preview.getByRole('textbox', { name: 'Cost centre' })).toBeVisible();
  await fay.getByRole('button', { name: 'Publish version 2' }).click();
  await expect(fay.getByRole('alert').filter({ hasText: 'One finding forbids publishing' })).toBeVisible();
  await expectPreviewInBothThemes(fay);
  await expectAccessible(fay, 'form author with a finding');

  // The finding leads to its place, which it selects: what is typed there replaces it.
  await finding.focus();
  await fay.keyboard.press('Enter');
  await expect(editorOf(fay, 'Schema')).toBeFocused();
  await fay.keyboard.insertText('"${contextData.customer}"');
  await expect(findings).toContainText('it can be published');
  await expect(preview).toContainText('Who pays');
  await preview.getByRole('textbox', { name: 'Cost centre' }).fill('4711');
  await preview.getByRole('button', { name: /^Approve/ }).click();
  await expect(preview.getByRole('status').filter({ hasText: 'This would be sent' })).toContainText(
    '"costCentre": "4711"',
  );
  await fay.getByRole('button', { name: 'Publish version 2' }).focus();
  await fay.keyboard.press('Enter');
  await expect(fay.getByRole('heading', { level: 1, name: /version 2/ })).toBeVisible();
  const difference = fay.getByRole('region', { name: 'What is new against version 1' });
  await expect(difference).toContainText('Added Field “Cost centre”');
  await expect(difference).toContainText('Most characters: 40');
  await expectAccessible(fay, 'a version of a form');

  await submitInvoice(fay, { customer: second, priceEach: '6000' });
  await expect(progressOf(fay)).toContainText(['You submitted it', 'Waiting for a manager']);
  const secondTask = await addressOfTask(max, second);
  await visit(max, secondTask);
  await expect(taskOf(max, second).getByRole('textbox', { name: 'Cost centre' })).toBeVisible();
  await visit(max, firstTask);
  await expect(reviewForm(taskOf(max, first)).comment).toBeVisible();
  await expect(taskOf(max, first).getByRole('textbox', { name: 'Cost centre' })).toHaveCount(0);

  await visit(fay, definition);
  const versions = fay.getByRole('region', { name: 'Versions of the form' });
  await expect(versions.getByRole('row', { name: 'Version 2' })).toContainText('1 open tasks have version 2');
  await versions.getByRole('link', { name: '1 open tasks have version 1' }).click();
  await expect(fay.getByRole('region', { name: 'Open tasks with version 1' })).toContainText(first);
  await expectAccessible(fay, 'a task definition');
});

test('two authors of one draft: the second is told by whom, keeps what was typed, and chooses', async ({
  as,
  colleague,
}) => {
  const tenant = newTenant();
  const fay = await as(await colleague({ name: 'Fay Lind', tenant, roles: ['administrator'] }));
  const gil = await as(await colleague({ name: 'Gil Ortega', tenant, roles: ['administrator'] }));
  await makeOwn(fay);
  for (const page of [fay, gil]) {
    await visit(page, '/admin/forms/own/invoice-review-form');
    await expect(editorOf(page, 'Schema')).toContainText('"isUrgent"');
  }
  await write(fay, 'Schema', '{ "type": "object", "title": "By Fay" }');
  await expect(fay.getByText('Draft saved')).toBeVisible();
  await write(gil, 'Schema', '{ "type": "object", "title": "By Gil" }');
  const told = gil.getByRole('alert', { name: 'Somebody else wrote too' });
  await expect(told).toContainText('Fay Lind saved this draft while you wrote');
  await expect(editorOf(gil, 'Schema')).toContainText('By Gil');

  await told.getByRole('button', { name: 'Take theirs' }).click();
  await expect(editorOf(gil, 'Schema')).toContainText('By Fay');
  await editorOf(gil, 'Schema').focus();
  await gil.keyboard.press('ControlOrMeta+z');
  await expect(editorOf(gil, 'Schema')).toContainText('By Gil');
  await expect(gil.getByText('Draft saved')).toBeVisible();
  await visit(fay, '/admin/forms/own/invoice-review-form');
  await expect(editorOf(fay, 'Schema')).toContainText('By Gil');
});

test('definitions of the system are read by a tenant’s viewers and written by the platform alone; another tenant’s do not exist', async ({
  as,
  colleague,
}) => {
  const fay = await as(await colleague({ name: 'Fay Lind', tenant: newTenant(), roles: ['administrator'] }));
  await makeOwn(fay);
  const omar = await as('omar');
  await visit(omar, '/admin/task-definitions');
  await expect(omar.getByRole('heading', { name: 'System' })).toBeVisible();
  await expectAccessible(omar, 'task definitions');
  await visit(omar, '/admin/task-definitions/system/qbo_sync_error');
  await expect(omar.getByRole('link', { name: 'Edit' })).toHaveCount(0);
  await visit(omar, '/admin/task-definitions/system/qbo_sync_error/edit', 403);
  await visit(omar, '/admin/forms/system/qbo-sync-error-form', 403);
  await visit(omar, '/admin/task-definitions/own/invoice_review', 404);
  await visit(omar, '/admin/forms/own/invoice-review-form', 404);
  await visit(omar, '/admin/forms/own/invoice-review-form/versions/1', 404);
  const alice = await as('alice');
  await visit(alice, '/admin/task-definitions', 403);

  const pat = await as('pat');
  await visit(pat, '/admin/task-definitions/system/qbo_sync_error/edit');
  const due = pat.getByRole('textbox', { name: 'Due' });
  await due.fill('soon');
  await pat.getByRole('button', { name: 'Save' }).click();
  await expect(due).toHaveAccessibleDescription(/Use a duration/);
  await expectAccessible(pat, 'a definition with a mistake');
  await due.fill('3 days');
  await pat.getByRole('button', { name: 'Save' }).click();
  await expect(pat.getByText('3 days after it was created')).toBeVisible();
  await visit(pat, '/admin/forms/system/qbo-sync-error-form');
  await expect(editorOf(pat, 'Schema')).toBeVisible();
});
