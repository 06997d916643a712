// What somebody sends by hand to the server actions of tasks, with a session of their own: the answer is the server's,
// whatever a page would have let them do.
import { expect, type APIResponse, type Page } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

/** What each action of a task's page takes besides the task. */
const inputs = {
  claim: {},
  release: {},
  complete: { outcome: 'approve', data: {} },
  saveDraft: { data: { comment: 'forged' } },
  decline: { reason: 'forged' },
  assign: { to: 'gus' },
  delegate: { to: 'gus' },
  forward: { to: 'gus' },
  giveBack: {},
  ask: { to: 'gus', text: 'forged' },
  answer: { text: 'forged' },
  withdraw: {},
  comment: { text: 'forged' },
};
type ActionName = keyof typeof inputs;

/** The addresses of the page's server actions, as the page itself got them. */
async function actionsOf(page: Page): Promise<Readonly<Record<ActionName, string>>> {
  const html = await (await page.context().request.get(page.url())).text();
  const flight = [...html.matchAll(/self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)/g)]
    .map(([, text = '""']) => JSON.parse(text) as string)
    .join('');
  const ids = new Map(
    [...flight.matchAll(/(?:^|\n)([0-9a-f]+):\{"id":"([0-9a-f]{40,})"/g)].map(([, at, id]) => [at, id]),
  );
  const found = new Map([...flight.matchAll(/"(\w+)":"\$h([0-9a-f]+)"/g)].map(([, name, at]) => [name, ids.get(at)]));
  const names = Object.keys(inputs) as ActionName[];
  expect(
    names.filter((name) => !found.get(name)),
    'actions that the page does not have',
  ).toEqual([]);
  return Object.fromEntries(names.map((name) => [name, found.get(name)])) as Record<ActionName, string>;
}

/** Calls an action as a page would, in the name of whoever is signed in there. */
const send = (page: Page, action: string, input: object, headers: Readonly<Record<string, string>> = {}) =>
  page.context().request.post('/inbox', {
    headers: {
      'Next-Action': action,
      Accept: 'text/x-component',
      'Content-Type': 'text/plain;charset=UTF-8',
      ...headers,
    },
    data: JSON.stringify([input]),
  });

/** What the action itself answered. */
async function answerOf(response: APIResponse): Promise<{ readonly ok: boolean; readonly code?: string }> {
  const line = (await response.text()).split('\n').find((each) => /^[0-9a-f]+:\{"ok":/.test(each));
  expect(line, `an answer of the action, status ${response.status()}`).toBeDefined();
  return JSON.parse(line!.slice(line!.indexOf(':') + 1)) as { ok: boolean; code?: string };
}

test('server actions called by hand change nothing of another tenant, and nothing for other sites', async ({
  as,
  baseURL,
}) => {
  const customer = uniqueCustomer('Bastion');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const taskId = address.replace('/tasks/', '');
  await visit(mia, address);
  const actions = await actionsOf(mia);

  const gus = await as('gus');
  for (const name of Object.keys(inputs) as ActionName[]) {
    const answer = await answerOf(await send(gus, actions[name], { taskId, ...inputs[name] }));
    expect({ name, ...answer }).toMatchObject({ name, ok: false, code: 'task_not_found' });
  }
  // A requester of the same tenant, who is no candidate.
  for (const name of ['claim', 'complete', 'saveDraft', 'decline', 'assign'] as const) {
    const answer = await answerOf(await send(alice, actions[name], { taskId, ...inputs[name] }));
    expect({ name, ...answer }).toMatchObject({ name, ok: false, code: expect.stringMatching(/forbidden|denied/) });
  }

  // Mia's own session, from a page of another site.
  const approve = { taskId, ...inputs.complete };
  for (const origin of ['https://evil.test', 'null', `${baseURL}.evil.test`]) {
    const response = await send(mia, actions.complete, approve, { Origin: origin });
    expect(response.status(), origin).toBeGreaterThanOrEqual(400);
  }
  const large = { taskId, outcome: 'approve', data: { comment: 'x'.repeat(5_000_000) } };
  expect((await send(mia, actions.complete, large)).status()).toBeGreaterThanOrEqual(400);
  for (const forged of [
    { outcome: '__proto__', data: {} },
    { outcome: 'explode', data: {} },
    { outcome: 'approve', data: [] },
  ]) {
    expect(await answerOf(await send(mia, actions.complete, { taskId, ...forged }))).toMatchObject({ ok: false });
  }

  await visit(mia, address);
  const task = taskOf(mia, customer);
  await expect(reviewForm(task).approve).toBeEnabled();
  await expect(task).not.toContainText('forged');

  // The same without any of that works, and twice is once.
  const first = await answerOf(await send(mia, actions.complete, approve, { Origin: new URL(baseURL ?? '').origin }));
  expect(first).toMatchObject({ ok: true, value: { status: 'completed' } });
  expect(await answerOf(await send(mia, actions.complete, approve))).toEqual(first);
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Mia approved it']);
});

test('a page of another site does nothing with the session of a visitor', async ({ browser, as, baseURL }) => {
  const customer = uniqueCustomer('Bastion');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const { claim } = await actionsOf(mia);
  const taskId = address.replace('/tasks/', '');

  // Mia's browser, without the watch of other journeys: here requests have to fail.
  const context = await browser.newContext({ storageState: await mia.context().storageState() });
  const elsewhere = await context.newPage();
  await elsewhere.route('https://evil.test/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<p>Win!</p>' }),
  );
  await elsewhere.goto('https://evil.test/');
  const tried = await elsewhere.evaluate(
    async ({ base, id, action }) => {
      const attempt = async (path: string, init: RequestInit) =>
        fetch(`${base}${path}`, { method: 'POST', credentials: 'include', ...init }).then(
          (answer) => (answer.type === 'opaque' ? 'sent blindly' : `read ${answer.status}`),
          () => 'refused',
        );
      return [
        await attempt(`/api/v1/tasks/${id}/claim`, { headers: { Authorization: 'Bearer guessed' } }),
        await attempt(`/api/v1/tasks/${id}/claim`, { mode: 'no-cors' }),
        await attempt('/inbox', { headers: { 'Next-Action': action }, body: JSON.stringify([{ taskId: id }]) }),
        await attempt('/inbox', { mode: 'no-cors', body: JSON.stringify([{ taskId: id }]) }),
      ];
    },
    { base: new URL(baseURL ?? '').origin, id: taskId, action: claim },
  );
  expect(tried[0]).toBe('refused');
  expect(tried[2]).toBe('refused');
  // Neither can it be put in a frame and clicked on by somebody who sees something else.
  await elsewhere.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, new URL(address, baseURL).href);
  await expect.poll(() => elsewhere.frames().at(1)?.url()).toMatch(/^chrome-error:|^about:blank/);
  await context.close();

  await visit(mia, address);
  await expect(reviewForm(taskOf(mia, customer)).claim).toBeVisible();
});
