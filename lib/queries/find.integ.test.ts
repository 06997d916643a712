// What the palette finds: nothing that its reader may not see, and all by how their words begin.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTaskFixture, type TaskFixture } from '../workflow/persistence/tasks/testing/taskFixture';
import { findExecutions, findTasks } from './find';

let fixture: TaskFixture;
const reader = { userId: 'mia', roles: ['manager'], readsAll: false, assigns: false };
const mia = { tenant: 'acme', reader };
const watcher = { tenant: 'acme', reader: { ...reader, userId: 'omar', roles: ['viewer'], readsAll: true } };

beforeAll(async () => {
  fixture = await createTaskFixture();
  vi.stubEnv('DATABASE_URL', fixture.url);
});
afterAll(async () => {
  await closeDatabase();
  vi.unstubAllEnvs();
  await fixture.drop();
});

const titled = async (title: string, more: Parameters<TaskFixture['createTask']>[0] = {}) =>
  (await fixture.createTask({ title, ...more })).taskId;
const set = (taskId: string, columns: Readonly<Record<string, string>>) =>
  fixture.sql`UPDATE workflow_tasks SET ${fixture.sql(columns)} WHERE task_id = ${taskId}`;
const idsOf = async (query: Parameters<typeof findTasks>[0]) => (await findTasks(query)).map(({ taskId }) => taskId);

describe('tasks', () => {
  it('are found by how their words begin, in any order, and say how they stand', async () => {
    const free = await titled('Release the Quokka crate');
    const mine = await titled('Quokka insurance');
    const hers = await titled('Quokka passport');
    await set(mine, { status: 'claimed', assignee: 'mia' });
    await set(hers, { status: 'claimed', assignee: 'max' });
    const found = await findTasks({ ...mia, words: 'quok' });
    expect(new Map(found.map(({ taskId, note }) => [taskId, note]))).toEqual(
      new Map([
        [free, 'Open'],
        [mine, 'Yours'],
        [hers, 'Taken'],
      ]),
    );
    expect(await idsOf({ ...mia, words: 'crate quokka' })).toEqual([free]);
    expect(found.find(({ taskId }) => taskId === free)).toMatchObject({
      title: 'Release the Quokka crate',
      href: `/inbox?task=${free}`,
    });
  });

  it('are found by numbers and addresses in the texts of their context', async () => {
    const contextData = { order: 'PO-2026-00042', from: 'lena@kontor.example', at: 'https://shop.example/order/7' };
    const taskId = await titled('Check a delivery', { contextData });
    for (const words of [
      'PO-2026-00042',
      'po-2026',
      '00042',
      'lena@kontor.example',
      'shop.example',
      'delivery 00042',
    ]) {
      expect(await idsOf({ ...mia, words }), words).toEqual([taskId]);
    }
    for (const words of [
      'PO-2026-00043',
      '0004299',
      'max@kontor.example',
      "00042'x",
      "\\'0004299\\",
      "po':*|'x",
      'zz\u0000yy',
    ]) {
      expect(await idsOf({ ...mia, words }), words).toEqual([]);
    }
  });

  it('of others are found by who may read all, and by nobody else', async () => {
    const foreign = await titled('Wombat ledger', { assignTo: { roles: ['finance'] } });
    const forbidden = await titled('Wombat review', { distinctFrom: ['mia'] });
    expect(await idsOf({ ...mia, words: 'wombat' })).toEqual([]);
    expect((await idsOf({ ...watcher, words: 'wombat' })).toSorted()).toEqual([foreign, forbidden].toSorted());
  });

  it('of another tenant are not found, whatever one may do in one’s own', async () => {
    const taskId = await titled('Platypus payroll');
    await set(taskId, { tenant_id: 'globex' });
    expect(await idsOf({ ...mia, words: 'platypus' })).toEqual([]);
    expect(await idsOf({ ...watcher, words: 'platypus' })).toEqual([]);
  });

  it('that the reader decided are found, those of others are not once they have ended', async () => {
    const decided = await titled('Echidna invoice');
    const theirs = await titled('Echidna order');
    for (const [taskId, by] of [
      [decided, 'mia'],
      [theirs, 'max'],
    ] as const) {
      await set(taskId, { status: 'completed', ended_by: by, ended_at: '2026-11-22T10:00:00Z' });
    }
    expect(await findTasks({ ...mia, words: 'echidna' })).toMatchObject([{ taskId: decided, note: 'Decided by you' }]);
  });

  it('that are one to people are found once', async () => {
    for (let count = 0; count < 3; count += 1) await titled('Bandicoot mapping', { fingerprint: 'bandicoot' });
    expect(await idsOf({ ...mia, words: 'bandicoot' })).toHaveLength(1);
  });

  it.each(['', ' ', '…', "':*&|!"])('are not looked for by %j', async (words) => {
    expect(await findTasks({ ...mia, words })).toEqual([]);
  });
});

describe('executions', () => {
  const add = async ({
    tenant = 'acme',
    key = null,
    isOpen = true,
  }: {
    readonly tenant?: string;
    readonly key?: string | null;
    readonly isOpen?: boolean;
  }): Promise<string> => {
    const id = randomUUID();
    await fixture.sql`
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, correlation_id, workflow_key, ended_at)
      VALUES (${id}, 1, ${tenant}, 'KeyedReview', '1', ${randomUUID()}, ${isOpen ? 'waiting' : 'completed'}, 1, ${id},
        ${key}, ${isOpen ? null : '2026-11-22T10:00:00Z'})`;
    return id;
  };
  const found = async (words: string) =>
    (await findExecutions({ tenant: 'acme', words })).map(({ executionId }) => executionId);

  beforeAll(async () => {
    await fixture.sql`
      INSERT INTO workflow_registrations (registration_id, tenant_id, name, current_version)
      VALUES (${randomUUID()}, NULL, 'KeyedReview', '1')`;
  });

  it('are found by their id, whole or from eight digits on', async () => {
    const id = await add({});
    for (const words of [id, id.toUpperCase(), id.slice(0, 8), id.slice(0, 13), ` ${id.replaceAll('-', '')} `]) {
      expect(await found(words)).toEqual([id]);
    }
    expect(await found(id.slice(0, 7))).toEqual([]);
    expect(await found(`${id}00`)).toEqual([]);
  });

  it('are found by the key that an open one has', async () => {
    const id = await add({ key: 'order 4711' });
    await add({ key: 'order 4712', isOpen: false });
    expect(await found('order 4711')).toEqual([id]);
    expect(await found('order 4712')).toEqual([]);
    expect(await findExecutions({ tenant: 'acme', words: 'order 4711' })).toMatchObject([
      { title: 'KeyedReview', about: 'order 4711', note: 'waiting', href: `/admin/executions/${id}` },
    ]);
  });

  it('of another tenant are not found', async () => {
    const id = await add({ tenant: 'globex', key: 'foreign' });
    expect(await found(id)).toEqual([]);
    expect(await found('foreign')).toEqual([]);
  });
});
