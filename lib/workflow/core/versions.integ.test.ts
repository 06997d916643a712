import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowNotFoundError } from '../model/errors';
import type { WorkflowContext } from '../model/workflow';
import { listWorkflowVersions, makeVersionCurrent, publishRegistrations } from '../persistence/registrations';
import { createHarness, type Harness } from '../testing/harness';
import { createActionRegistry } from './actionRegistry';
import { startWorkflow } from './startWorkflow';
import { submitEvent } from './submitEvent';
import { createWorkflowRuntime } from './workflowRuntime';

const tenant = 'acme';
const name = 'Order';
let harness: Harness;

beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const waitsAs = (version: string) => async (context: WorkflowContext) => {
  await context.events.waitFor('Go');
  return `by ${version}`;
};

/** What a worker process with this code publishes when it starts. */
const publish = (...versions: string[]) =>
  publishRegistrations(
    harness.sql,
    versions.map((version) => ({ name, version })),
  );
const current = async () => (await listWorkflowVersions(harness.sql))[0]?.current;
const codeOf = (...versions: string[]) => {
  const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps: harness.deps });
  for (const version of versions) runtime.registerWorkflow(waitsAs(version), { name, version });
  return runtime;
};
const go = (executionId: string) =>
  harness.runtime.enqueueEvent({ execution_id: executionId, event_name: 'Go', tenant });
const versionAndResult = async (executionId: string) => {
  const [row] = await harness.sql<{ workflow_version: string; result: unknown }[]>`
    SELECT workflow_version, result FROM workflow_executions WHERE execution_id = ${executionId}`;
  return [row?.workflow_version, row?.result];
};

describe('the current version of a workflow', () => {
  it('is the highest of a worker, in whatever order the worker registers them', async () => {
    await publish('2', '10', '9');
    expect(await current()).toBe('10');
  });

  it.each([
    ['1', '2'],
    ['9', '10'],
    ['1.9', '1.10'],
    ['2026-09-30', '2026-11-01'],
    ['v9', 'v10'],
    ['2', '2.1'],
  ])('goes up from %s when a worker brings %s', async (before, after) => {
    await publish(before);
    await publish(after);
    expect(await current()).toBe(after);
    expect((await listWorkflowVersions(harness.sql))[0]?.versions).toEqual([before, after]);
  });

  it('is not moved back by a worker with older code that starts later, seen before or not', async () => {
    await publish('1', '2');
    await publish('1');
    expect(await current()).toBe('2');
    await publish('1.5', '0');
    expect(await current()).toBe('2');
  });

  it('is what an operator makes it, until a version comes that nobody has published before', async () => {
    await publish('1');
    await publish('1', '2');
    expect(await makeVersionCurrent(harness.sql, { name, version: '1' })).toBe('2');
    await publish('1', '2');
    await publish('1');
    expect(await current()).toBe('1');
    await publish('2', '3');
    expect(await current()).toBe('3');
  });

  it('cannot become one that no worker has published', async () => {
    await publish('1');
    await expect(makeVersionCurrent(harness.sql, { name, version: '2' })).rejects.toThrow(WorkflowNotFoundError);
    await expect(makeVersionCurrent(harness.sql, { name: 'Nobody', version: '1' })).rejects.toThrow(
      WorkflowNotFoundError,
    );
    expect(await current()).toBe('1');
  });

  it('keeps its description when older code is published again', async () => {
    const of = (version: string, description: string) => ({ name, version, description });
    await publishRegistrations(harness.sql, [of('1', 'old'), of('2', 'new')]);
    await publishRegistrations(harness.sql, [of('1', 'old')]);
    const [row] = await harness.sql`SELECT description FROM workflow_registrations`;
    expect(row?.description).toBe('new');
  });

  it('is one and the same when many workers publish at the same time', async () => {
    await Promise.all(['3', '1', '4', '2'].map((version) => publish(version)));
    expect(await current()).toBe('4');
  });
});

describe('two versions in one worker', () => {
  it('each run their own executions: those under way stay on theirs, new ones begin with the current', async () => {
    await publish('1');
    const before = await startWorkflow(harness.deps, name, { tenant });
    await harness.startWorker({ runtime: codeOf('1', '2') });
    await harness.untilStatus(before, 'waiting');
    const after = await startWorkflow(harness.deps, name, { tenant });
    await publish('1');
    const late = await startWorkflow(harness.deps, name, { tenant });
    const all = [before, after, late];
    for (const id of all) await go(id);
    for (const id of all) await harness.untilStatus(id, 'completed');
    expect(await Promise.all(all.map(versionAndResult))).toEqual([
      ['1', 'by 1'],
      ['2', 'by 2'],
      ['2', 'by 2'],
    ]);
  });

  it('pins whatever starts an execution to the current one: by name, by key, by attachment, by a parent', async () => {
    const runtime = codeOf('1', '2');
    const parent = async ({ children }: WorkflowContext) => void children.start(name, { parentClosePolicy: 'abandon' });
    runtime.registerWorkflow(parent, { name: 'Parent' });
    await harness.startWorker({ runtime });
    const [registration] = await harness.sql<{ id: string }[]>`
      SELECT registration_id AS id FROM workflow_registrations WHERE name = ${name}`;
    await harness.sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      VALUES (${randomUUID()}, ${tenant}, 'ORDERED', ${registration?.id ?? ''})`;
    const startAll = async () => {
      const { executionIds } = await submitEvent(harness.deps, {
        tenant,
        userId: null,
        eventType: 'ORDERED',
        payload: {},
      });
      const parentId = await startWorkflow(harness.deps, 'Parent', { tenant });
      await harness.untilStatus(parentId, 'completed');
      const [child] = await harness.sql<{ id: string }[]>`
        SELECT execution_id AS id FROM workflow_executions WHERE parent_execution_id = ${parentId}`;
      const { executionId: byKey } = await runtime.signalWithStart(name, {
        tenant,
        workflowKey: randomUUID(),
        signal: { name: 'Go', payload: {} },
      });
      const byName = await runtime.startWorkflow(name, { tenant });
      const started = [byName, byKey, executionIds[0] ?? '', child?.id ?? ''];
      return Promise.all(started.map(async (id) => (await versionAndResult(id))[0]));
    };
    expect(await startAll()).toEqual(['2', '2', '2', '2']);
    await makeVersionCurrent(harness.sql, { name, version: '1' });
    expect(await startAll()).toEqual(['1', '1', '1', '1']);
  });
});
