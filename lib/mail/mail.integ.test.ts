import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Metrics } from '../workflow/model/ports/telemetry';
import { createTransactions } from '../workflow/persistence/transactions';
import {
  alice,
  createTaskFixture,
  mia,
  omar,
  type TaskFixture,
} from '../workflow/persistence/tasks/testing/taskFixture';
import { createTaskStore } from '../workflow/persistence/tasks/taskStore';
import { claimTask } from '../workflow/tasks/claimTask';
import { completeTask } from '../workflow/tasks/completeTask';
import { assignTask, delegateTask, giveBackTask } from '../workflow/tasks/handOver';
import { askForInfo } from '../workflow/tasks/askAboutTask';
import { undoChange } from '../workflow/tasks/undoChange';
import { silentLogger } from '../workflow/telemetry/silentLogger';
import { recordMovement } from '../workflow/testing/regressions/movement';
import { startMailLoop } from './mailLoop';
import { createMailSender, delayAfter, type MailSender } from './mailSender';
import { createOutbox } from './outbox';
import { setMailPreference, setTimeZone } from './preferences';
import { type CaughtMail, type MailCatcher, startMailCatcher } from './testing/mailCatcher';
import { createSmtpTransport } from './transport';

let fixture: TaskFixture;
let catcher: MailCatcher;
const opened: { close(): void }[] = [];
const publicUrl = 'https://baton.acme.test';

beforeAll(async () => {
  fixture = await createTaskFixture();
});
beforeEach(async () => {
  const { sql } = fixture;
  await sql`DELETE FROM workflow_task_activity`;
  await sql`DELETE FROM outgoing_mails`;
  await sql`DELETE FROM mail_preferences`;
  await sql`DELETE FROM user_roles`;
  await sql`UPDATE workflow_tasks SET status = 'canceled' WHERE status IN ('pending', 'claimed')`;
  await sql`UPDATE users SET deactivated_at = NULL, time_zone = NULL`;
  await sql`INSERT INTO user_roles VALUES ('mia', 'manager'), ('max', 'manager'), ('alice', 'finance'), ('gus', 'manager')`;
  catcher = await startMailCatcher();
  await createOutbox({ sql }).announceTransport();
});
afterEach(async () => {
  for (const transport of opened.splice(0)) transport.close();
  await catcher.close();
});
afterAll(async () => {
  await fixture.drop();
});

function openSender({
  url = catcher.url,
  metrics,
}: { readonly url?: string; readonly metrics?: Metrics } = {}): MailSender {
  const transport = createSmtpTransport({ url, from: 'Baton <baton@acme.test>' });
  opened.push(transport);
  return createMailSender({
    outbox: createOutbox({ sql: fixture.sql }),
    transport,
    publicUrl,
    logger: silentLogger,
    metrics: metrics ?? fixture.deps.metrics,
  });
}

const rows = () =>
  fixture.sql<{ user_id: string; kind: string; status: string; reason: string | null; attempts: number }[]>`
    SELECT user_id, kind, status, reason, attempts FROM outgoing_mails ORDER BY user_id, kind`;
const queued = async () => (await rows()).map(({ user_id, kind }) => `${kind} ${user_id}`);
const statuses = async () => (await rows()).map(({ user_id, status, reason }) => [user_id, status, reason]);
const makeDue = () =>
  fixture.sql`UPDATE outgoing_mails SET next_attempt_at = now() - interval '1 second' WHERE status = 'pending'`;
const tell = (taskId: string, kind: string, detail: object | null = null) => fixture.sql`
  INSERT INTO workflow_task_activity (tenant_id, task_id, kind, detail)
  VALUES ('acme', ${taskId}, ${kind}, ${detail === null ? null : fixture.sql.json(detail as never)})`;

async function assigned(to = 'mia', title?: string) {
  const task = await fixture.createTask(title === undefined ? {} : { title });
  await assignTask(fixture.deps, { ...omar, taskId: task.taskId, to });
  return task;
}

const linkIn = ({ text }: CaughtMail) => /https:\S+\/tasks\/\S+/.exec(text)?.[0];

describe('an assignment', () => {
  it('is told in one mail with a link to the task, and in no second one', async () => {
    const { taskId } = await assigned();
    const sender = openSender();
    expect(await sender.tick()).toEqual({ taken: 1, isFull: false });
    await makeDue();
    expect((await sender.tick()).taken).toBe(0);
    expect(catcher.mails).toHaveLength(1);
    const [mail] = catcher.mails as [CaughtMail];
    expect(mail).toMatchObject({ from: 'baton@acme.test', to: ['mia@acme.test'] });
    expect(mail.headers.get('subject')).toBe('Omar Haddad gave you a task: Approve INV-0001');
    expect(linkIn(mail)).toBe(`${publicUrl}/tasks/${taskId}`);
    expect(mail.html).toContain(`href="${publicUrl}/tasks/${taskId}"`);
    expect(mail.text).toContain(`${publicUrl}/settings`);
    expect(await statuses()).toEqual([['mia', 'sent', null]]);
  });

  it('says when it is due in the zone of who reads it, and nothing of what the task is about', async () => {
    await setTimeZone(fixture.sql, { userId: 'mia', timeZone: 'Europe/Berlin' });
    const { taskId } = await assigned();
    await fixture.sql`UPDATE workflow_tasks SET due_at = '2026-11-24T09:00:00Z' WHERE task_id = ${taskId}`;
    await openSender().tick();
    const [mail] = catcher.mails as [CaughtMail];
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('Due Tue 24 Nov 2026, 10:00 (Europe/Berlin)');
      expect(part).not.toContain('Kiosk');
    }
  });

  it('shows what people wrote as text, whatever they wrote', async () => {
    await assigned('mia', 'Pay <b>"A&B"</b>\r\nBcc: all@acme.test');
    await openSender().tick();
    const [mail] = catcher.mails as [CaughtMail];
    expect(mail.to).toEqual(['mia@acme.test']);
    expect(mail.headers.has('bcc')).toBe(false);
    expect(mail.headers.get('subject')).toBe('Omar Haddad gave you a task: Pay <b>"A&B"</b> Bcc: all@acme.test');
    expect(mail.html).toContain('Pay &lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt; Bcc: all@acme.test');
    expect(mail.html).not.toContain('<b>');
  });

  it('is told of help that is asked for, of what comes back, and of questions', async () => {
    const { taskId } = await fixture.createTask();
    await claimTask(fixture.deps, { ...mia, taskId });
    await delegateTask(fixture.deps, { ...mia, taskId, to: 'alice' });
    expect(await queued()).toEqual(['assignment alice']);
    await openSender().tick();
    await giveBackTask(fixture.deps, { ...alice, taskId, note: '' });
    await askForInfo(fixture.deps, { ...mia, taskId, to: 'max', text: 'Which order?' });
    await openSender().tick();
    const subjects = catcher.mails.map(({ to, headers }) => `${to.join()} ${headers.get('subject')}`);
    expect(subjects.toSorted()).toEqual([
      'alice@acme.test Mia Rossi asks for your help: Approve INV-0001',
      'max@acme.test Mia Rossi has a question for you: Approve INV-0001',
      'mia@acme.test Alice Meyer gave it back to you: Approve INV-0001',
    ]);
  });

  it('that was taken back before its mail was sent is told in none', async () => {
    const { taskId } = await fixture.createTask({ assignTo: { roles: ['nobody'] } });
    const { version } = await assignTask(fixture.deps, { ...omar, taskId, to: 'mia' });
    expect(await queued()).toEqual(['assignment mia']);
    await undoChange(fixture.deps, { ...omar, taskId, version });
    await openSender().tick();
    expect(catcher.mails).toEqual([]);
    expect(await statuses()).toEqual([['mia', 'dropped', 'it was taken back']]);
  });

  it('to oneself is told in no mail, nor to somebody of another tenant', async () => {
    const { taskId } = await fixture.createTask();
    await assignTask(fixture.deps, { ...omar, taskId, to: 'omar' });
    await tell(taskId, 'assigned', { to: 'gus' });
    expect(await queued()).toEqual([]);
  });
});

describe('a new task', () => {
  it('is told to those it names and to holders of its roles within the tenant, once each', async () => {
    const { taskId } = await fixture.createTask({ assignTo: { users: ['max', 'alice'], roles: ['manager'] } });
    await tell(taskId, 'created');
    expect(await queued()).toEqual(['assignment alice', 'assignment max', 'offer mia']);
  });

  it('is not told to those who must not decide it, nor to those who are deactivated', async () => {
    await fixture.sql`UPDATE users SET deactivated_at = now() WHERE user_id = 'max'`;
    const { taskId } = await fixture.createTask({ distinctFrom: ['mia'] });
    await tell(taskId, 'created');
    expect(await queued()).toEqual([]);
  });

  it('is told once for all that have its fingerprint', async () => {
    for (let n = 0; n < 3; n += 1) {
      const { taskId } = await fixture.createTask({ fingerprint: 'no mapping for 4711' });
      await tell(taskId, 'created');
    }
    expect(await queued()).toEqual(['offer max', 'offer mia']);
  });

  it('is not told once somebody has it: the offers to others are dropped', async () => {
    const { taskId } = await fixture.createTask();
    await tell(taskId, 'created');
    await claimTask(fixture.deps, { ...mia, taskId });
    await openSender().tick();
    expect(catcher.mails).toEqual([]);
    expect(await statuses()).toEqual([
      ['max', 'dropped', 'somebody else has the task'],
      ['mia', 'dropped', 'they have the task'],
    ]);
  });
});

describe('reminders and escalations', () => {
  it('remind who holds the task, or all who may take it', async () => {
    const held = await fixture.createTask();
    await claimTask(fixture.deps, { ...mia, taskId: held.taskId });
    await tell(held.taskId, 'reminded');
    expect(await queued()).toEqual(['reminder mia']);
    const open = await fixture.createTask();
    await tell(open.taskId, 'reminded');
    expect(await queued()).toEqual(['reminder max', 'reminder mia', 'reminder mia']);
    await openSender().tick();
    expect(catcher.mails[0]?.headers.get('subject')).toBe('This still waits for you: Approve INV-0001');
  });

  it('tell those to whom it is escalated', async () => {
    const { taskId } = await fixture.createTask({ assignTo: { roles: ['manager', 'finance'] } });
    await tell(taskId, 'escalated', { roles: ['finance'], users: ['omar'] });
    expect(await queued()).toEqual(['escalation alice', 'escalation omar']);
  });
});

describe('a mail', () => {
  it('is not written, and not sent either, where its reader wants none of its kind', async () => {
    await setMailPreference(fixture.sql, { userId: 'mia', kind: 'assignment', isOn: false });
    await assigned('mia');
    expect(await queued()).toEqual([]);
    await assigned('max');
    await setMailPreference(fixture.sql, { userId: 'max', kind: 'assignment', isOn: false });
    await openSender().tick();
    expect(catcher.mails).toEqual([]);
    expect(await statuses()).toEqual([['max', 'dropped', 'not wanted']]);
  });

  it('is not sent once the task has ended', async () => {
    const { taskId } = await assigned();
    await completeTask(fixture.deps, { ...mia, taskId, outcome: 'approve', data: {} });
    const canceled = await assigned('max');
    await fixture.sql`UPDATE workflow_tasks SET status = 'canceled' WHERE task_id = ${canceled.taskId}`;
    await openSender().tick();
    expect(catcher.mails).toEqual([]);
    expect(await statuses()).toEqual([
      ['max', 'dropped', 'the task has ended'],
      ['mia', 'dropped', 'the task has ended'],
    ]);
  });

  it('is not written where what it tells of is rolled back', async () => {
    const { taskId } = await fixture.createTask();
    const transactions = createTransactions({ sql: fixture.sql });
    const work = transactions.run({
      work: async (tx) => {
        await createTaskStore({ sql: tx }).assign({ ...omar, taskId, to: 'mia', holder: null, note: null });
        expect(await tx`SELECT user_id FROM outgoing_mails`).toEqual([{ user_id: 'mia' }]);
        throw new Error('Never mind.');
      },
    });
    await expect(work).rejects.toThrow('Never mind.');
    transactions.end();
    expect(await queued()).toEqual([]);
  });

  it('is not written where no process can send it', async () => {
    await fixture.sql`UPDATE mail_transport SET seen_at = now() - interval '8 days'`;
    await assigned();
    expect(await queued()).toEqual([]);
  });

  it('waits while the server is away, with the others, and is sent when it is back, as the same mail', async () => {
    const first = await assigned('mia');
    await assigned('max');
    const { port } = catcher;
    await catcher.close();
    await openSender({ url: `smtp://127.0.0.1:${port}` }).tick();
    expect((await rows()).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['pending', 1],
      ['pending', 1],
    ]);
    const [{ wait } = { wait: 0 }] = await fixture.sql<{ wait: number }[]>`
      SELECT min(extract(epoch FROM next_attempt_at - created_at))::float8 AS wait FROM outgoing_mails`;
    expect(wait).toBeGreaterThan(20);

    catcher = await startMailCatcher();
    await makeDue();
    await openSender().tick();
    expect(catcher.mails.map(linkIn)).toContain(`${publicUrl}/tasks/${first.taskId}`);
    expect(catcher.mails).toHaveLength(2);
    const [mail] = await fixture.sql<{ mail_id: string }[]>`SELECT mail_id FROM outgoing_mails WHERE user_id = 'mia'`;
    const ofMia = catcher.mails.find(({ to }) => to.includes('mia@acme.test'));
    expect(ofMia?.headers.get('message-id')).toBe(`<${mail?.mail_id}@acme.test>`);
  });

  it('that the server refuses for good is given up, and the others are sent', async () => {
    await catcher.close();
    catcher = await startMailCatcher({
      refuse: (recipient) => (recipient === 'max@acme.test' ? '550 No such user' : null),
    });
    await assigned('max');
    await assigned('mia');
    await openSender().tick();
    expect(catcher.mails.map(({ to }) => to)).toEqual([['mia@acme.test']]);
    expect(await rows()).toMatchObject([
      { user_id: 'max', status: 'failed', reason: expect.stringContaining('550 No such user') as string },
      { user_id: 'mia', status: 'sent' },
    ]);
  });

  it('that the server refuses for now is tried again', async () => {
    await catcher.close();
    let answer: string | null = '451 Come back later';
    catcher = await startMailCatcher({ refuse: () => answer });
    await assigned('mia');
    await openSender().tick();
    expect(await rows()).toMatchObject([{ status: 'pending', attempts: 1 }]);
    answer = null;
    await makeDue();
    await openSender().tick();
    expect(await rows()).toMatchObject([{ status: 'sent', attempts: 2 }]);
  });

  it('is sent once however many processes send', async () => {
    for (let n = 0; n < 12; n += 1) await assigned('mia', `Task ${n}`);
    const senders = [openSender(), openSender(), openSender()];
    await Promise.all(senders.map((sender) => sender.tick()));
    await Promise.all(senders.map((sender) => sender.tick()));
    const subjects = catcher.mails.map(({ headers }) => headers.get('subject'));
    expect(new Set(subjects).size).toBe(12);
    expect(subjects).toHaveLength(12);
  });

  it('that somebody took and never sent is due for others after a while', async () => {
    await assigned();
    const outbox = createOutbox({ sql: fixture.sql });
    expect(await outbox.take({ limit: 10, leaseMs: 3_600_000 })).toHaveLength(1);
    expect(await outbox.take({ limit: 10, leaseMs: 3_600_000 })).toHaveLength(0);
    await makeDue();
    await openSender().tick();
    expect(catcher.mails).toHaveLength(1);
  });

  it('that a stopping process took is due for others at once', async () => {
    await assigned();
    await openSender().tick({ isStopping: () => true });
    expect(catcher.mails).toEqual([]);
    expect(await rows()).toMatchObject([{ status: 'pending', attempts: 0 }]);
    await openSender().tick();
    expect(catcher.mails).toHaveLength(1);
  });

  it('is given up after two days, and forgotten after two weeks', async () => {
    await assigned();
    await fixture.sql`UPDATE outgoing_mails SET created_at = now() - interval '49 hours', reason = 'connect refused'`;
    await openSender().tidy();
    expect(await statuses()).toEqual([['mia', 'failed', 'connect refused']]);
    await fixture.sql`UPDATE outgoing_mails SET ended_at = now() - interval '15 days'`;
    await openSender().tidy();
    expect(await rows()).toEqual([]);
  });

  it('moves the metrics, whatever becomes of it', async () => {
    const movement = recordMovement();
    const { taskId } = await assigned('mia');
    await assigned('alice');
    await fixture.sql`UPDATE workflow_tasks SET status = 'canceled' WHERE task_id = ${taskId}`;
    await catcher.close();
    await openSender({ metrics: movement.metrics }).tick();
    catcher = await startMailCatcher();
    await makeDue();
    await openSender({ metrics: movement.metrics }).tick();
    await assigned('max');
    await fixture.sql`UPDATE outgoing_mails SET created_at = now() - interval '3 days' WHERE status = 'pending'`;
    await openSender({ metrics: movement.metrics }).tidy();
    expect(movement.moved).toContain('baton_mails_pending');
    expect([...movement.labelled].filter((name) => name.startsWith('baton_mails')).toSorted()).toEqual([
      'baton_mails_total{dropped}',
      'baton_mails_total{failed}',
      'baton_mails_total{retried}',
      'baton_mails_total{sent}',
    ]);
  });
});

describe('the loop', () => {
  it('sends what comes, and stops', async () => {
    await fixture.sql`DELETE FROM mail_transport`;
    const loop = startMailLoop({ sender: openSender(), logger: silentLogger, everyMs: 10 });
    await expect
      .poll(async () => (await fixture.sql`SELECT 1 FROM mail_transport`).length, { timeout: 30_000 })
      .toBe(1);
    await assigned();
    await expect.poll(() => catcher.mails.length, { timeout: 30_000 }).toBe(1);
    await loop.stop();
    await assigned('max');
    expect(await statuses()).toEqual([
      ['max', 'pending', null],
      ['mia', 'sent', null],
    ]);
  });
});

describe('waiting between attempts', () => {
  it('doubles, up to an hour', () => {
    expect([1, 2, 3, 7, 8, 40].map(delayAfter)).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000]);
  });
});
