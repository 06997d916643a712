// The pages that `npm run shots` takes, as the person who meets them: full, empty and in error. Nothing is changed on
// the way: forms are only sent empty, which the browser itself refuses.
import { untilReady } from './pageReady.mjs';

/** Opens an address and returns once it reacts. */
export async function visit(page, address) {
  await page.goto(address);
  await untilReady(page);
}

/** The full page of the first task of a list in the inbox; false where the list is empty. */
async function openListed(page, at) {
  await visit(page, at);
  // An empty list has links, too: to other lists.
  const row = page.locator('.list a[href*="task="]:visible').first();
  await row.waitFor({ timeout: 10_000 }).catch(() => undefined);
  if ((await row.count()) === 0) return false;
  const address = new URL(await row.getAttribute('href'), page.url());
  await visit(page, `/tasks/${address.searchParams.get('task')}`);
  return true;
}

const openTask = (page, view) => openListed(page, `/inbox?view=${view}`);
const openFound = (page, words) => openListed(page, `/inbox?q=${words}`);

/** The command palette, by its button. */
async function openPalette(page) {
  await page.getByRole('button', { name: 'Search or act' }).click();
  const palette = page.getByRole('dialog', { name: 'Search or act' });
  await palette.waitFor();
  return palette;
}

const openInvoice = (page, word) => openMatching(page, { at: '/invoices', row: 'tbody tr', word, link: 'a' });
const openExecution = (page, query) =>
  openMatching(page, { at: `/admin/executions${query}`, row: 'tbody tr', link: '.subj' });

async function openMatching(page, { at, row, word, link }) {
  await visit(page, at);
  const rows = page.locator(row);
  await rows
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => undefined);
  const chosen = (word === undefined ? rows : rows.filter({ hasText: word })).first();
  if ((await chosen.count()) === 0) return false;
  await visit(page, await chosen.locator(link).first().getAttribute('href'));
  return true;
}

const alice = 'alice@acme.test';
const mia = 'mia@acme.test';
const omar = 'omar@acme.test';
const gus = 'gus@globex.test';
const pat = 'pat@baton.test';

/**
 * `as` is an account of the demo, or null for nobody. `open` brings the page there; false leaves the picture out, since
 * the data has nothing to show for it. A text is an address.
 */
export const shotPages = [
  { name: 'sign-in', as: null, open: '/sign-in' },
  {
    name: 'sign-in-error',
    as: null,
    open: async (page) => {
      await visit(page, '/sign-in');
      await page.getByRole('button', { name: 'Sign in with e-mail instead' }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator('.errsum').waitFor();
    },
  },
  { name: 'invoices', as: alice, open: '/invoices' },
  { name: 'invoices-to-book', as: mia, open: '/invoices' },
  { name: 'invoices-empty', as: gus, open: '/invoices' },
  { name: 'invoice-new', as: alice, open: '/invoices/new' },
  {
    name: 'invoice-new-error',
    as: alice,
    open: async (page) => {
      await visit(page, '/invoices/new');
      await page.getByRole('button', { name: 'Add a line' }).click();
      await page.getByRole('button', { name: 'Submit invoice' }).click();
      await page.locator('.errsum').waitFor();
    },
  },
  { name: 'invoice-waiting', as: alice, open: (page) => openInvoice(page, 'Waiting for') },
  { name: 'invoice-approved', as: alice, open: (page) => openInvoice(page, 'Approved') },
  { name: 'invoice-rejected', as: alice, open: (page) => openInvoice(page, 'Rejected') },
  { name: 'inbox', as: mia, open: '/inbox' },
  { name: 'inbox-search', as: mia, open: '/inbox?q=nordwind' },
  { name: 'inbox-none-fit', as: mia, open: '/inbox?q=nobody+wrote+this' },
  {
    name: 'inbox-selected',
    as: mia,
    open: async (page) => {
      await visit(page, '/inbox');
      await page.keyboard.press('Shift+X');
      await page.getByRole('group', { name: 'Selected tasks' }).waitFor();
    },
  },
  {
    name: 'palette',
    as: mia,
    open: async (page) => {
      await visit(page, '/inbox');
      await openPalette(page);
    },
  },
  {
    name: 'palette-found',
    as: omar,
    open: async (page) => {
      await visit(page, '/admin/executions');
      const palette = await openPalette(page);
      await palette.getByRole('combobox').fill('approve');
      await palette
        .getByRole('group', { name: 'Tasks' })
        .waitFor({ timeout: 10_000 })
        .catch(() => undefined);
    },
  },
  {
    name: 'keys',
    as: mia,
    open: async (page) => {
      await visit(page, '/inbox');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    },
  },
  {
    name: 'inbox-filtered',
    as: mia,
    open: '/inbox?priority=high&due=none&workflow=InvoiceReview',
  },
  { name: 'inbox-empty', as: gus, open: '/inbox' },
  { name: 'inbox-done', as: mia, open: '/inbox?view=done' },
  { name: 'task', as: mia, open: (page) => openTask(page, 'for-me') },
  {
    name: 'task-error',
    as: mia,
    open: async (page) => {
      if (!(await openTask(page, 'for-me'))) return false;
      const reject = page.getByRole('button', { name: /^Reject/ });
      await reject.waitFor({ timeout: 10_000 }).catch(() => undefined);
      if ((await reject.count()) === 0) return false;
      await reject.click();
      await page.locator('.errsum').waitFor();
    },
  },
  {
    name: 'task-assign',
    as: omar,
    open: async (page) => {
      if (!(await openTask(page, 'unassigned'))) return false;
      await page.getByText('More', { exact: true }).click();
      await page.getByRole('button', { name: 'Assign…' }).click();
      await page.getByRole('dialog', { name: 'Assign' }).waitFor();
    },
  },
  {
    name: 'task-comment',
    as: mia,
    open: async (page) => {
      if (!(await openTask(page, 'for-me'))) return false;
      await page.getByText(/^Activity/).click();
      await page.getByRole('textbox', { name: 'Add a comment' }).focus();
    },
  },
  { name: 'task-done', as: mia, open: (page) => openTask(page, 'done') },
  // Approved invoices have to be booked first: see `invoices-to-book`.
  { name: 'task-many-wait', as: mia, open: (page) => openFound(page, 'quickbooks') },
  {
    name: 'task-many-wait-error',
    as: mia,
    open: async (page) => {
      if (!(await openFound(page, 'quickbooks'))) return false;
      await page.getByRole('radio', { name: 'Yes, I name the item' }).check();
      await page.getByRole('button', { name: /^Resolved/ }).click();
      await page.locator('.errsum').waitFor();
    },
  },
  {
    name: 'task-menu',
    as: mia,
    open: async (page) => {
      if (!(await openTask(page, 'taken'))) return false;
      await page.getByText('More', { exact: true }).click();
    },
  },
  {
    name: 'task-plan',
    as: mia,
    open: async (page) => {
      if (!(await openTask(page, 'taken'))) return false;
      await page.getByText('More', { exact: true }).click();
      await page.getByRole('button', { name: 'Plan…' }).click();
      await page.getByRole('dialog', { name: 'Plan' }).waitFor();
    },
  },
  { name: 'executions', as: omar, open: '/admin/executions' },
  { name: 'executions-none-match', as: omar, open: '/admin/executions?status=terminated' },
  { name: 'executions-stuck', as: omar, open: '/admin/executions?stuck=true' },
  { name: 'executions-empty', as: gus, open: '/admin/executions' },
  { name: 'execution-waiting', as: omar, open: (page) => openExecution(page, '?waiting=person') },
  { name: 'execution-completed', as: omar, open: (page) => openExecution(page, '?status=completed') },
  { name: 'execution-failed', as: omar, open: (page) => openExecution(page, '?status=failed') },
  {
    name: 'execution-earlier',
    as: omar,
    open: async (page) => {
      if (!(await openExecution(page, '?status=completed'))) return false;
      await visit(page, `${new URL(page.url()).pathname}?at=3`);
    },
  },
  {
    name: 'execution-fork',
    as: omar,
    open: async (page) => {
      if (!(await openExecution(page, '?waiting=person'))) return false;
      await page.getByRole('button', { name: 'Fork from here…' }).click();
      await page.getByRole('dialog', { name: /^Fork from entry/ }).waitFor();
    },
  },
  { name: 'dead-letters', as: omar, open: '/admin/dead-letters' },
  { name: 'attachments', as: omar, open: '/admin/attachments' },
  { name: 'members', as: omar, open: '/admin/members' },
  {
    name: 'member-change',
    as: omar,
    open: async (page) => {
      await visit(page, '/admin/members');
      await page.getByRole('button', { name: 'Change Mia Rossi' }).click();
      await page.getByRole('dialog', { name: 'Change Mia Rossi' }).waitFor();
    },
  },
  { name: 'roles', as: omar, open: '/admin/roles' },
  { name: 'settings', as: mia, open: '/settings' },
  { name: 'task-definitions', as: omar, open: '/admin/task-definitions' },
  { name: 'task-definition', as: omar, open: '/admin/task-definitions/system/invoice_review' },
  { name: 'task-definition-new', as: omar, open: '/admin/task-definitions/new?from=invoice_review' },
  {
    name: 'form-author',
    as: pat,
    open: async (page) => {
      await visit(page, '/admin/forms/system/invoice-review-form');
      await page.getByRole('textbox', { name: 'Schema', exact: true }).waitFor();
    },
  },
  {
    name: 'form-author-dark',
    as: pat,
    open: async (page) => {
      await visit(page, '/admin/forms/system/qbo-mapping-error-form');
      await page.getByRole('textbox', { name: 'Schema', exact: true }).waitFor();
      const preview = page.getByRole('region', { name: 'Preview' });
      await preview.getByText('Dark', { exact: true }).click();
      await preview.scrollIntoViewIfNeeded();
    },
  },
  { name: 'form-version', as: omar, open: '/admin/forms/system/invoice-review-form/versions/1' },
  { name: 'health-tenant', as: omar, open: '/admin/health' },
  { name: 'health-platform', as: pat, open: '/admin/health' },
  { name: 'docs-api', as: null, open: '/docs/api' },
  { name: 'docs-error', as: null, open: '/docs/errors/overloaded' },
  { name: 'forbidden', as: alice, open: '/admin/executions' },
  { name: 'not-found', as: alice, open: '/invoices/none' },
  { name: 'not-found-console', as: omar, open: '/admin/executions/none' },
];
