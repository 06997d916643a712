import { describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { testWorkflow } from '../index';

async function approvalWorkflow({ actions, data, events, setState, input, logger }: WorkflowContext) {
  setState('draft');
  data.set('by', input.triggerEvent.user_id);
  const decision = await events.waitFor(['Approve', 'Reject'], { timeout: '3 days' });
  if (decision === null) return 'nobody';
  logger.info('Decided');
  await actions.SendInvoiceEmail({ recipient: 'customer@example.com', decision: decision.name });
  setState(decision.name);
  return decision.payload as string;
}
const sends = { sendInvoiceEmail: () => ({ sent: true }) };

describe('testWorkflow', () => {
  it('starts the workflow with the trigger and gives back how it ended', async () => {
    const run = await testWorkflow(approvalWorkflow, {
      trigger: { name: 'INVOICE_SUBMITTED', userId: 'alice' },
      events: [{ name: 'Approve', payload: 'fine' }],
      actions: sends,
    });
    expect(run).toMatchObject({ status: 'completed', state: 'Approve', result: 'fine', error: null, waits: [] });
    expect(run.data).toEqual({ by: 'alice' });
    expect(run.actionCalls).toEqual([
      {
        commandId: 'sendInvoiceEmail#1',
        name: 'sendInvoiceEmail',
        params: { recipient: 'customer@example.com', decision: 'Approve' },
        attempts: 1,
        result: { sent: true },
        error: null,
      },
    ]);
    expect(run.history.map(({ kind }) => kind)).toEqual([
      'execution_started',
      'state_changed',
      'data_set',
      'wait_started',
      'event_received',
      'log_written',
      'action_completed',
      'state_changed',
      'execution_completed',
    ]);
  });

  it('gives the initial data', async () => {
    const run = await testWorkflow(async ({ data }: WorkflowContext) => data.get<number>('amount') * 2, {
      data: { amount: 21 },
      name: 'Doubling',
    });
    expect(run.result).toBe(42);
  });

  it('skips time: sleeps and timeouts of months pass at once', async () => {
    async function patientWorkflow({ sleep, events }: WorkflowContext) {
      const began = Date.now();
      await sleep('30 days');
      const event = await events.waitFor('Never', { timeout: '2 weeks' });
      return { event, days: (Date.now() - began) / 86_400_000 };
    }
    const run = await testWorkflow(patientWorkflow);
    expect(run.result).toEqual({ event: null, days: 44 });
    expect(run.elapsedMs).toBe(44 * 86_400_000);
    expect(run.history[0]?.at).toBe(Date.parse('2026-01-05T09:00:00Z'));
  });

  it('sends events at their time, in the order of time', async () => {
    async function collectingWorkflow({ events, sleep }: WorkflowContext) {
      const seen: unknown[] = [];
      await sleep('1 day');
      for (let i = 0; i < 3; i += 1) {
        const { payload, timestamp } = await events.waitFor<string>('Item');
        seen.push([payload, timestamp]);
      }
      return seen;
    }
    const run = await testWorkflow(collectingWorkflow, {
      startAt: new Date('2026-03-01T00:00:00Z'),
      events: [
        { name: 'Item', payload: 'late', after: '2 days' },
        { name: 'Item', payload: 'early', after: '1h' },
        { name: 'Item', payload: 'asked for' },
      ],
    });
    expect(run.result).toEqual([
      ['early', '2026-03-01T01:00:00.000Z'],
      ['asked for', '2026-03-02T00:00:00.000Z'],
      ['late', '2026-03-03T00:00:00.000Z'],
    ]);
  });

  it('stops where nothing in the script would go on', async () => {
    const run = await testWorkflow(approvalWorkflow, { actions: sends, until: '1 day' });
    expect(run).toMatchObject({ status: 'waiting', state: 'draft', result: null });
    expect(run.waits).toMatchObject([{ kind: 'event', names: ['Approve', 'Reject'] }]);
  });

  it('has people answer tasks, each after a while', async () => {
    async function reviewWorkflow({ actions, events }: WorkflowContext) {
      const outcomes: unknown[] = [];
      for (const amount of [1, 2]) {
        const { completionEvent } = await actions.createHumanTask({ taskType: 'review', contextData: { amount } });
        const { payload } = await events.waitFor<{ outcome: string; by: string }>(completionEvent);
        outcomes.push([payload.outcome, payload.by]);
      }
      return outcomes;
    }
    const run = await testWorkflow(reviewWorkflow, {
      tasks: {
        review: ({ contextData, nth }) => ({ outcome: `${contextData.amount as number}`, by: `p${nth}`, after: '2h' }),
      },
    });
    expect(run.result).toEqual([
      ['1', 'p1'],
      ['2', 'p2'],
    ]);
    expect(run.elapsedMs).toBe(4 * 3_600_000);
    expect(run.tasks).toMatchObject([
      { taskType: 'review', status: 'completed', outcome: '1', nth: 1 },
      { status: 'completed', outcome: '2', nth: 2 },
    ]);
  });

  it('lets a task expire that nobody answers in time', async () => {
    async function impatientWorkflow({ actions, events }: WorkflowContext) {
      const { completionEvent } = await actions.createHumanTask({ taskType: 'review' });
      return (await events.waitFor(completionEvent, { timeout: '3 days' })) === null;
    }
    const run = await testWorkflow(impatientWorkflow, { tasks: { review: { outcome: 'approve', after: '4 days' } } });
    expect(run.result).toBe(true);
    expect(run.tasks).toMatchObject([{ status: 'expired' }]);
  });

  it('tries actions again as they are registered, with time skipped', async () => {
    let calls = 0;
    const run = await testWorkflow(async ({ actions }: WorkflowContext) => (await actions.book({})) as unknown, {
      name: 'Booking',
      register: (actions) =>
        actions.registerSimpleAction(
          'book',
          'Books',
          [{ name: 'currency', type: 'string', defaultValue: 'EUR' }],
          () => 'the real one',
          { retry: { attempts: 3, backoffMs: 60_000 } },
        ),
      actions: {
        book: ({ currency }) => {
          calls += 1;
          if (calls < 3) throw new Error('out of order');
          return { currency: currency as string };
        },
      },
    });
    expect(run.result).toEqual({ currency: 'EUR' });
    expect(run.actionCalls).toMatchObject([{ name: 'book', attempts: 3, params: { currency: 'EUR' } }]);
    expect(run.elapsedMs).toBeGreaterThan(0);
  });

  it('waits for stand-ins that really wait, before time goes on', async () => {
    async function racingWorkflow({ actions, sleep }: WorkflowContext) {
      const slow = actions.slow({}).then(() => 'slow');
      return Promise.race([slow, sleep('1 day').then(() => 'slept')]);
    }
    const slow = () => new Promise((resolve) => setTimeout(resolve, 20));
    expect((await testWorkflow(racingWorkflow, { actions: { slow } })).result).toBe('slow');
  });

  it('shows the error of a workflow that failed', async () => {
    async function failingWorkflow() {
      throw new RangeError('too much');
    }
    const run = await testWorkflow(failingWorkflow);
    expect(run).toMatchObject({ status: 'failed', error: { name: 'RangeError', message: 'too much' } });
  });

  it('asks for a stand-in where it has none, also for what is registered', async () => {
    const scenario = { events: [{ name: 'Approve' }] };
    await expect(testWorkflow(approvalWorkflow, scenario)).rejects.toThrow('{ actions: { sendInvoiceEmail: ... } }');
    await expect(
      testWorkflow(approvalWorkflow, {
        ...scenario,
        register: (actions) => actions.registerSimpleAction('sendInvoiceEmail', 'Sends', [], () => 'sent for real'),
      }),
    ).rejects.toThrow('Say what it does');
  });

  it('asks no network for real, though the action is built in', async () => {
    const asking = ({ actions }: WorkflowContext) => actions.httpRequest({ url: 'https://example.com' });
    await expect(testWorkflow(asking)).rejects.toThrow('{ actions: { httpRequest: ... } }');
  });

  it('runs built-in actions that reach nothing', async () => {
    async function tellingWorkflow({ actions, events }: WorkflowContext) {
      await events.emit('DONE', { amount: 1 });
      return (await actions.log_event({ message: 'Done' })) as unknown;
    }
    const run = await testWorkflow(tellingWorkflow);
    expect(run.result).toEqual({ logged: true });
    expect(run.actionCalls.map(({ name }) => name)).toEqual(['emitEvent', 'logEvent']);
  });

  it('finds code that cannot be brought back from its log', async () => {
    let runs = 0;
    async function forgetfulWorkflow({ setState }: WorkflowContext) {
      runs += 1;
      setState(`run ${runs}`);
    }
    await expect(testWorkflow(forgetfulWorkflow)).rejects.toThrow('"state run 1"');
    async function foreignWorkflow() {
      await new Promise(() => undefined);
    }
    await expect(testWorkflow(foreignWorkflow)).rejects.toMatchObject({ code: 'foreign_await' });
  });

  it('gives the same ids and random values in every run of a scenario', async () => {
    const luckyWorkflow = async () => [Math.random(), crypto.randomUUID()];
    const first = await testWorkflow(luckyWorkflow);
    expect(await testWorkflow(luckyWorkflow)).toEqual(first);
    expect((await testWorkflow(luckyWorkflow, { seed: 'another' })).result).not.toEqual(first.result);
  });

  it('runs children, and has people answer their tasks', async () => {
    async function askingWorkflow({ actions, data, events, sleep }: WorkflowContext) {
      await sleep('1 day');
      const { completionEvent } = await actions.createHumanTask({ taskType: 'question' });
      const { payload } = await events.waitFor<{ outcome: string }>(completionEvent);
      return `${data.get<string>('about')}: ${payload.outcome}`;
    }
    const parentWorkflow = ({ children }: WorkflowContext) => children.run('Asking', { data: { about: 'price' } });
    const run = await testWorkflow(parentWorkflow, {
      workflows: [askingWorkflow],
      tasks: { question: { outcome: 'yes', after: '1 day' } },
    });
    expect(run).toMatchObject({ status: 'completed', result: 'price: yes', elapsedMs: 2 * 86_400_000 });
  });

  it('submits events to the bus for waits with match', async () => {
    async function matchingWorkflow({ events }: WorkflowContext) {
      const paid = await events.waitFor<{ invoiceId: string }>('Paid', { match: { invoiceId: 'b' } });
      return paid.payload.invoiceId;
    }
    const paid = (invoiceId: string) => ({ name: 'Paid', payload: { invoiceId }, to: 'bus' as const, after: '1 hour' });
    const run = await testWorkflow(matchingWorkflow, { events: [paid('a'), paid('b')] });
    expect(run).toMatchObject({ status: 'completed', result: 'b' });
  });
});
