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

/** What a page brings for React, as one text. */
const flightOf = (html: string): string =>
  [...html.matchAll(/self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)/g)]
    .map(([, text = '""']) => JSON.parse(text) as string)
    .join('');

/** Addresses of server actions by the row of the text that has them. */
const idsIn = (flight: string): ReadonlyMap<string | undefined, string | undefined> =>
  new Map([...flight.matchAll(/(?:^|\n)([0-9a-f]+):\{"id":"([0-9a-f]{40,})"/g)].map(([, at, id]) => [at, id]));

/** The addresses of the page's server actions, as the page itself got them. */
async function actionsOf(page: Page): Promise<Readonly<Record<ActionName, string>>> {
  const flight = flightOf(await (await page.context().request.get(page.url())).text());
  const ids = idsIn(flight);
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
async function answerOf(
  response: APIResponse,
): Promise<{ readonly ok: boolean; readonly code?: string; readonly value?: unknown }> {
  const line = (await response.text()).split('\n').find((each) => /^[0-9a-f]+:\{"ok":/.test(each));
  expect(line, `an answer of the action, status ${response.status()}`).toBeDefined();
  return JSON.parse(line!.slice(line!.indexOf(':') + 1)) as { ok: boolean; code?: string; value?: unknown };
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
  const refused = await send(mia, actions.complete, large);
  expect(refused.status()).toBe(413);
  expect(await refused.text()).toContain('too large to be sent');
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

/** What the inbox does to many tasks at once, as it got it. */
async function bulkActionsOf(page: Page): Promise<Readonly<Record<BulkName, string>>> {
  const flight = flightOf(await (await page.context().request.get('/inbox')).text());
  const ids = idsIn(flight);
  const [, listed = ''] = /"bulkActions":\{([^{}]*)\}/.exec(flight) ?? [];
  const found = new Map([...listed.matchAll(/"(\w+)":"\$h([0-9a-f]+)"/g)].map(([, name, at]) => [name, ids.get(at)]));
  const names = Object.keys(bulkInputs) as BulkName[];
  expect(
    names.filter((name) => !found.get(name)),
    'actions that the inbox does not have',
  ).toEqual([]);
  return Object.fromEntries(names.map((name) => [name, found.get(name)])) as Record<BulkName, string>;
}

/** What each of them takes besides the tasks. */
const bulkInputs = {
  claim: {},
  release: {},
  assign: { to: 'mia' },
  complete: { outcome: 'approve', data: {} },
};
type BulkName = keyof typeof bulkInputs;

test('acts on many tasks called by hand do to each what a page could have done, and no more', async ({
  as,
  baseURL,
}) => {
  const customer = uniqueCustomer('Bastion');
  const alice = await as('alice');
  const mia = await as('mia');
  const taskIds: string[] = [];
  for (const name of ['One', 'Two']) {
    await submitInvoice(alice, { customer: `${customer} ${name}`, priceEach: '1800' });
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
    taskIds.push((await addressOfTask(mia, `${customer} ${name}`)).replace('/tasks/', ''));
  }
  const actions = await bulkActionsOf(mia);
  const call = async (page: Page, name: BulkName, input: object) =>
    answerOf(await send(page, actions[name], { taskIds, ...bulkInputs[name], ...input }));
  const each = (answer: Awaited<ReturnType<typeof answerOf>>) => answer.value as readonly { readonly code?: string }[];

  // Somebody of another tenant has none of them, whichever way they are named.
  const gus = await as('gus');
  for (const name of ['claim', 'release', 'complete'] as const) {
    expect(each(await call(gus, name, {})), name).toMatchObject(
      taskIds.map(() => ({ ok: false, code: 'task_not_found' })),
    );
  }
  const taken = await call(gus, 'assign', { to: 'gus' });
  expect(taken.ok ? each(taken).map(({ code }) => code) : [taken.code]).toEqual(
    taken.ok ? taskIds.map(() => 'task_not_found') : ['permission_denied'],
  );
  // A requester is no candidate, and gives nobody anything.
  expect(each(await call(alice, 'claim', {}))).toMatchObject(
    taskIds.map(() => ({ ok: false, code: 'task_forbidden' })),
  );
  expect(await call(alice, 'assign', {})).toMatchObject({ ok: false, code: 'permission_denied' });
  expect(await call(mia, 'assign', {})).toMatchObject({ ok: false, code: 'permission_denied' });

  // Forged outcomes and answers are refused for each task by itself.
  for (const outcome of ['__proto__', 'explode', '']) {
    const answer = await call(mia, 'complete', { outcome });
    const answers = answer.ok ? each(answer) : [answer];
    expect(answers, outcome).toEqual(answers.map(() => expect.objectContaining({ ok: false })));
  }
  expect(await call(mia, 'complete', { data: [] })).toMatchObject({ ok: false, code: 'invalid_input' });
  // Too many, none, and what are no ids.
  const forged = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());
  for (const name of Object.keys(bulkInputs) as BulkName[]) {
    if (name === 'assign') continue;
    for (const ids of [
      [...taskIds, ...forged(10_000)],
      [...taskIds, ...forged(199)],
      [],
      null,
      'x',
      [{ toString: 1 }],
    ]) {
      expect(await call(mia, name, { taskIds: ids }), `${name} ${String(ids?.length)}`).toMatchObject({
        ok: false,
        code: 'invalid_input',
      });
    }
  }
  expect((await send(mia, actions.claim, { taskIds: forged(200_000) })).status()).toBe(413);
  for (const origin of ['https://evil.test', 'null']) {
    const response = await send(mia, actions.complete, { taskIds, ...bulkInputs.complete }, { Origin: origin });
    expect(response.status(), origin).toBeGreaterThanOrEqual(400);
  }
  await visit(mia, `/tasks/${taskIds[0]}`);
  await expect(reviewForm(taskOf(mia, `${customer} One`)).claim).toBeVisible();

  // Beside what is forged, those that may be decided are; and a replay decides nothing anew.
  const mixed = ['nonsense', ...forged(2), ...taskIds, taskIds[0]];
  const approved = each(await call(mia, 'complete', { taskIds: mixed }));
  expect(approved.map(({ code }) => code)).toEqual([
    ...['task_not_found', 'task_not_found', 'task_not_found'],
    ...[undefined, undefined],
  ]);
  expect(approved.slice(3)).toMatchObject(taskIds.map((taskId) => ({ taskId, ok: true, status: 'completed' })));
  const origin = new URL(baseURL ?? '').origin;
  const again = await send(mia, actions.complete, { taskIds: mixed, ...bulkInputs.complete }, { Origin: origin });
  expect(each(await answerOf(again))).toEqual(approved);
  const rejected = each(await call(mia, 'complete', { outcome: 'reject', data: { comment: 'Too late.' } }));
  expect(rejected).toMatchObject(taskIds.map(() => ({ ok: false, code: 'task_conflict' })));
  await visit(alice, '/invoices');
  await alice.getByRole('link', { name: new RegExp(`${customer} One`) }).click();
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
