// The API over HTTP: what is sent there shows up in the pages.
import { expect } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { bearing, mintToken } from './support/api';
import { submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';

/** Claims more of the invoice than which it is; nothing of that is believed. */
const eventFor = ({ customer, invoiceId }: { readonly customer: string; readonly invoiceId: string }) => ({
  event_type: 'INVOICE_SUBMITTED',
  subject: `From the API · ${customer}`,
  payload: { invoiceId, customer, amountCents: 100, amountText: '€1.00', requesterId: 'nobody' },
});

test('an event sent with a token starts an execution that the console shows', async ({ as, request }) => {
  const customer = uniqueCustomer('Licences');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '2500' });
  const invoiceId = new URL(alice.url()).pathname.split('/').at(-1) ?? '';
  const headers = bearing(await mintToken('omar@acme.test'));
  const answer = await request.post('/api/v1/events', { headers, data: eventFor({ customer, invoiceId }) });
  expect(answer.status()).toBe(202);
  const { eventId, executionIds } = await answer.json();
  expect(eventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(executionIds).toHaveLength(1);

  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  const row = omar.getByRole('region', { name: 'Executions' }).getByRole('row', { name: `From the API · ${customer}` });
  await expect(row).toContainText('InvoiceReview');
  await expect(row).toContainText('Waiting for a person');
  await row.getByRole('link', { name: `From the API · ${customer}` }).click();
  await expect(omar).toHaveURL(`/admin/executions/${executionIds[0]}`);
  await expect(omar.getByRole('heading', { level: 1, name: customer })).toBeVisible();

  const read = await request.get(`/api/v1/executions/${executionIds[0]}`, { headers });
  expect(read.status()).toBe(200);
  expect(await read.json()).toMatchObject({ status: 'waiting' });
  const abroad = bearing(await mintToken('gus@globex.test'));
  expect((await request.get(`/api/v1/executions/${executionIds[0]}`, { headers: abroad })).status()).toBe(404);
});

test('the API refuses who shows no token, a wrong one, or one of somebody who may not', async ({ request }) => {
  const data = eventFor({ customer: uniqueCustomer('Nobody'), invoiceId: 'made-up' });
  const requester = bearing(await mintToken('alice@acme.test'));
  for (const { headers, status } of [
    { headers: {}, status: 401 },
    { headers: bearing('made-up'), status: 401 },
    { headers: requester, status: 403 },
  ]) {
    const answer = await request.post('/api/v1/events', { headers, data });
    expect(answer.status()).toBe(status);
    expect(await answer.json()).toEqual({
      type: expect.stringMatching(/^\/docs\/errors\/[a-z_]+$/),
      code: expect.any(String),
      message: expect.any(String),
    });
  }
});

test('what the API does not have is refused in its own words, and what it has is described for people and tools', async ({
  request,
  visitor,
}) => {
  const unknown = await request.get('/api/v1/taks');
  expect(unknown.status()).toBe(404);
  expect(await unknown.json()).toMatchObject({ code: 'unknown_route' });
  const wrong = await request.put('/api/v1/tasks', { data: {} });
  expect(wrong.status()).toBe(405);
  expect(wrong.headers().allow).toContain('GET');
  expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed' });

  const description = await request.get('/api/v1/openapi.json');
  expect(description.status()).toBe(200);
  expect(await description.json()).toMatchObject({ openapi: '3.1.0' });
  const page = await visitor();
  await visit(page, '/docs/api');
  await expect(page.getByRole('heading', { name: 'POST /tasks/{taskId}/claim' })).toBeVisible();
  await expectAccessible(page, 'the description of the API');
});
