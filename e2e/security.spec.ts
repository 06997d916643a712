// What keeps foreign code out of every page, asked of the browser itself.
import { expect, type Response } from 'playwright/test';
import { pageNonce } from '../components/ui/page-nonce';
import { shotPages, visit as open } from '../scripts/lib/shotPages.mjs';
import { bearing, mintToken } from './support/api';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { watchPolicies } from './support/policies';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

test.use({ trace: 'off' });

const noOtherSite = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** The policy of an answer, by directive. */
const policyOf = (answer: Pick<Response, 'headers'>) =>
  new Map(
    (answer.headers()['content-security-policy'] ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources] as const;
    }),
  );

test('something of each kind is there to be looked at', async ({ as }) => {
  const alice = await as('alice');
  const mia = await as('mia');
  const submit = async () => {
    const customer = uniqueCustomer('Tessel');
    await submitInvoice(alice, { customer, priceEach: '1800' });
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
    return customer;
  };
  const rejected = await submit();
  await visit(mia, await addressOfTask(mia, rejected));
  const { comment, reject } = reviewForm(taskOf(mia, rejected));
  await comment.fill('Two boxes too many.');
  await reject.click();
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Mia rejected it', 'Booked as rejected']);
  const taken = await submit();
  await visit(mia, await addressOfTask(mia, taken));
  await reviewForm(taskOf(mia, taken)).claim.click();
  await expect(taskOf(mia, taken).getByRole('button', { name: /^Release/ })).toBeVisible();
  await submit();
});

for (const who of new Set(shotPages.map(({ as: email }) => email))) {
  test(`every page of ${who ?? 'nobody'} has a policy without unsafe scripts and keeps to it`, async ({
    as,
    visitor,
  }) => {
    // A dozen pages one after the other, on a machine that may have other things to do.
    test.setTimeout(600_000);
    const page = who === null ? await visitor() : await as(personOf(who));
    const { refused, documents } = await watchPolicies(page);
    for (const { name, open: way } of shotPages.filter((each) => each.as === who)) {
      const before = documents.length;
      if (typeof way === 'string') await open(page, way);
      else if ((await way(page)) === false) expect(mayBeMissing, `${name} has nothing to show`).toContain(name);
      expect(documents.length, `${name} was opened`).toBeGreaterThan(before);
    }
    // What was refused on the way is told before this is answered.
    await page.evaluate(() => document.readyState);
    const nonces = new Set<string>();
    for (const answer of documents) {
      const where = answer.url();
      const policy = policyOf(answer);
      const scripts = policy.get('script-src') ?? [];
      const nonce = scripts.find((source) => source.startsWith("'nonce-")) ?? '';
      expect(scripts, where).toEqual(["'self'", nonce, "'strict-dynamic'"]);
      expect(policy.get('style-src'), where).toEqual(["'self'", nonce]);
      expect(policy.get('frame-ancestors'), where).toEqual(["'none'"]);
      expect(policy.get('base-uri'), where).toEqual(["'none'"]);
      expect(policy.get('form-action'), where).toEqual(["'self'"]);
      expect(answer.headers(), where).toMatchObject(noOtherSite);
      expect(answer.headers()['permissions-policy'], where).toContain('camera=()');
      nonces.add(nonce);
    }
    expect(nonces.size, 'nonces: one for each answer').toBe(documents.length);
    expect(refused, 'what the browser refused').toEqual([]);
  });
}

test('the browser refuses what somebody smuggled into a page', async ({ browser, baseURL }) => {
  // Without the watch of other journeys: here the browser has to complain.
  const page = await (await browser.newContext({ ...(baseURL !== undefined && { baseURL }) })).newPage();
  const { refused } = await watchPolicies(page);
  await page.route('**/sign-in', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('</body>', `${smuggled}</body>`);
    await route.fulfill({ response: answer, body });
  });
  await page.goto('/sign-in');
  await page.locator('#smuggled-link').click();
  const evaluated = await page.evaluate(
    () =>
      // In a task of its own: what a test evaluates is let through by the browser.
      new Promise((resolve) => {
        setTimeout(() => {
          try {
            resolve((0, eval)('"evaluated"'));
          } catch (error) {
            resolve((error as Error).name);
          }
        });
      }),
  );
  expect(evaluated).toBe('EvalError');
  const names = ['script-src-elem', 'script-src-attr', 'script-src', 'style-src-elem', 'style-src-attr'];
  await expect
    .poll(() => [...new Set(refused.map((line) => line.split(' ')[1]))])
    .toEqual(expect.arrayContaining(names));
  await expect.poll(() => refused.filter((line) => line.includes('script-src-elem')).length).toBeGreaterThanOrEqual(3);
  expect(await page.evaluate(() => document.documentElement.dataset.ran ?? 'nothing ran')).toBe('nothing ran');
  expect(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--smuggled'))).toBe('');
  await page.context().close();
});

const run = (what: string) => `document.documentElement.dataset.ran = '${what}'`;
const smuggled = `
  <script>${run('inline script')}</script>
  <script nonce="guessed">${run('wrong nonce')}</script>
  <script src="https://elsewhere.test/script.js"></script>
  <img src="data:," alt="" onerror="${run('handler')}">
  <style>body { --smuggled: 1 }</style>
  <p style="--smuggled: 1">x</p>
  <iframe srcdoc="&lt;script&gt;parent.${run('frame')}&lt;/script&gt;"></iframe>
  <a id="smuggled-link" href="javascript:${run('address')}">x</a>`;

test('a page gives its nonce to what styles it later, also after a change of address', async ({ as }) => {
  const page = await as('alice');
  await visit(page, '/invoices');
  const styled = async (size: string) => {
    const handle = await page.evaluateHandle(() => document);
    const nonce = await handle.evaluate(pageNonce);
    return page.evaluate(
      ([given, value]) => {
        const style = document.createElement('style');
        style.nonce = given ?? '';
        style.textContent = `body { --editor: ${value} }`;
        document.head.append(style);
        return getComputedStyle(document.body).getPropertyValue('--editor');
      },
      [nonce, size],
    );
  };
  expect(await styled('1px')).toBe('1px');
  await page.getByRole('link', { name: 'New invoice' }).first().click();
  await expect(page).toHaveURL(/\/invoices\/new$/);
  expect(await styled('2px')).toBe('2px');
});

test('answers that are data load nothing when they are shown as a page', async ({ request }) => {
  const token = await mintToken('mia@acme.test');
  for (const [address, status] of [
    ['/api/v1/tasks', 200],
    ['/api/v1/openapi.json', 200],
    ['/api/v1/none', 404],
    ['/api/health', 200],
    ['/api/live', 401],
    ['/api/auth/session', 200],
  ] as const) {
    const answer = await request.get(address, { headers: bearing(token) });
    expect(answer.status(), address).toBe(status);
    expect(answer.headers(), address).toMatchObject({
      ...noOtherSite,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  }
});

/** What the demo's data shows only at times. */
const mayBeMissing = ['execution-failed', 'task-many-wait', 'task-many-wait-error'];

const personOf = (email: string) => email.replace(/@.*/, '') as 'alice';
