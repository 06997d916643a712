import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { urlOfDatabase } from '../../lib/db/testing/templateDatabase';
import { createHarness, type Harness } from '../../lib/workflow/testing/harness';
import type { WorkflowContext, WorkflowDefinition } from '../../lib/workflow/model/workflow';
import { absentJobQueue } from '../../lib/workflow/streams/jobQueue';
import { brokenText, verifyRunning } from './verify';

const run = promisify(execFile);

async function orderWorkflow({ actions, data, events }: WorkflowContext) {
  await actions.log_event({ message: `Order of ${data.get<string>('by')}` });
  if (data.get<boolean>('isBig')) await actions.createHumanTask({ taskType: 'none' }).catch(() => null);
  await events.waitFor('Paid');
}
/** As after a careless change: it tells somebody first. */
async function changedOrder({ actions, events }: WorkflowContext) {
  await actions.sendNotification({ recipient: 'sales', message: 'An order' });
  await events.waitFor('Paid');
}

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
  harness.runtime.registerWorkflow(orderWorkflow);
  await harness.startWorker();
  const start = (initialData: { by: string; isBig?: boolean }) =>
    harness.runtime.startWorkflow('Order', { tenant: 'acme', initialData });
  const ids = await Promise.all([start({ by: 'a' }), start({ by: 'b' }), start({ by: 'c', isBig: true })]);
  for (const id of ids) await harness.untilStatus(id, 'waiting');
  const ended = await start({ by: 'd' });
  await harness.untilStatus(ended, 'waiting');
  await harness.runtime.enqueueEvent({ tenant: 'acme', execution_id: ended, event_name: 'Paid' });
  await harness.untilStatus(ended, 'completed');
});
afterAll(() => harness.close());

const code = (definition: WorkflowDefinition) => (name: string, version: string) =>
  name === definition.name && version === definition.version ? definition : undefined;
const order = { name: 'Order', version: '1', run: orderWorkflow };

describe('baton verify', () => {
  it('replays the executions under way, and finds that the same code fits', async () => {
    expect(await verifyRunning({ sql: harness.sql, definition: code(order) })).toEqual({
      executions: 3,
      replayed: 3,
      broken: [],
    });
  });

  it('finds what differs by data alone', async () => {
    const run = async (context: WorkflowContext) => {
      if (context.data.get<string>('by') === 'b') context.setState('of b');
      await orderWorkflow(context);
    };
    const { broken } = await verifyRunning({ sql: harness.sql, definition: code({ ...order, run }) });
    expect(broken).toMatchObject([
      { executions: 1, difference: { actual: expect.stringContaining('of b') as string } },
    ]);
  });

  it('replays of more than it may those that differ most, and says how many', async () => {
    const run = async (context: WorkflowContext) => {
      if (context.data.get<boolean>('isBig')) context.setState('big');
      await orderWorkflow(context);
    };
    const seen = await verifyRunning({ sql: harness.sql, definition: code({ ...order, run }), most: 2 });
    expect(seen).toMatchObject({ executions: 3, replayed: 2, broken: [{ executions: 1 }] });
  });

  it('names the command that differs, and how many executions it would block', async () => {
    const { broken } = await verifyRunning({ sql: harness.sql, definition: code({ ...order, run: changedOrder }) });
    expect(broken).toMatchObject([
      {
        workflow: 'Order',
        executions: 3,
        difference: { seq: 2, recorded: 'action logEvent', actual: 'action sendNotification' },
      },
    ]);
    const [first] = broken;
    expect(first && brokenText(first)).toContain('entry 2: recorded action logEvent, now action sendNotification');
  });

  it('says where the code of a version is gone', async () => {
    const { broken } = await verifyRunning({ sql: harness.sql, definition: code({ ...order, version: '2' }) });
    expect(broken.map(brokenText)[0]).toContain('its code is not here: register Order in version 1');
  });
});

describe('baton verify while something is under way', () => {
  it('tells of code that does not ask for it any more, and of what patched answers', async () => {
    const own = await createHarness({ jobs: absentJobQueue });
    try {
      own.actions.registerSimpleAction('render', 'Takes long.', [], () => 'done', { dispatch: true });
      const rendering = ({ actions }: WorkflowContext) => actions.render();
      own.runtime.registerWorkflow({ name: 'Rendering', version: '1', run: rendering });
      await own.startWorker();
      const executionId = await own.runtime.startWorkflow('Rendering', { tenant: 'acme' });
      await own.untilStatus(executionId, 'waiting');
      const verified = (run: WorkflowDefinition['run']) =>
        verifyRunning({ sql: own.sql, definition: code({ name: 'Rendering', version: '1', run }) });
      expect((await verified(rendering)).broken).toEqual([]);
      const { broken } = await verified(({ actions }) => actions.draw());
      expect(broken).toMatchObject([{ difference: { recorded: 'action render', actual: 'action draw' } }]);
      const guarded = ({ actions, patched }: WorkflowContext) => (patched('new') ? actions.draw() : actions.render());
      expect((await verified(guarded)).broken).toEqual([]);
    } finally {
      await own.close();
    }
  });
});

async function urlOf({ sql }: Harness): Promise<string> {
  const [row] = await sql<{ database: string }[]>`SELECT current_database() AS database`;
  return urlOfDatabase({ serverUrl: inject('testServerUrl'), database: row?.database ?? '' });
}

describe('npm run baton', () => {
  const baton = async (args: readonly string[], url = '') => {
    const env = { ...process.env, DATABASE_URL: url };
    const options = { env, cwd: path.resolve(import.meta.dirname, '../..') };
    const answer = run(process.execPath, ['--import', 'tsx', 'scripts/baton.ts', ...args], options);
    return answer.then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  };

  it('ends with 1 where executions under way would be blocked', async () => {
    const { code: ended, text } = await baton(['verify'], await urlOf(harness));
    expect(text).toContain('register Order in version 1');
    expect(text.trimEnd().split('\n').at(-1)).toBe('{"executions":3,"replayed":3,"broken":1,"blocked":3}');
    expect(ended).toBe(1);
  });

  it('replays an exported history entry by entry', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'baton-'));
    try {
      const file = path.join(folder, 'history.json');
      const golden = path.resolve('lib/workflow/testing/golden/histories/0.1.0-invoice-v2-small.json');
      const fits = await baton(['replay', golden]);
      expect(fits.text).toContain('> readInvoice#1({"invoiceId":"inv-1"})');
      expect(fits.text).toContain('state "approved"');
      expect(fits).toMatchObject({ code: 0 });
      await writeFile(file, (await readFile(golden, 'utf8')).replaceAll('readInvoice', 'seeInvoice'));
      const differs = await baton(['replay', file]);
      expect(differs.text).toContain('Differs: Entry 2 of the log');
      expect(differs.code).toBe(1);
      await writeFile(file, '{}');
      const none = await baton(['replay', file]);
      expect(none.text).toContain('is no history as GET /api/v1/executions/:id/history answers it');
      expect(none.code).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
