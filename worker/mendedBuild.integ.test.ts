/** A deploy brings back what was blocked on its code, wherever in the code the mend was. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../lib/db/testing/testDatabase';
import { createActionRegistry } from '../lib/workflow/core/actionRegistry';
import { createWorkflowRuntime } from '../lib/workflow/core/workflowRuntime';
import type { WorkflowFunction } from '../lib/workflow/model/workflow';
import { createHarness, until, type Harness } from '../lib/workflow/testing/harness';
import { buildVersion } from './buildVersion';

const productRoot = fileURLToPath(new URL('..', import.meta.url));
const tenant = 'acme';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const workflow = `
import { note } from '../lib/note.mjs';
export async function orderWorkflow(context) {
  await note(context);
  return (await context.events.waitFor('Go')).name;
}`;
const logs = `export const note = ({ actions }) => actions.log_event({ message: 'one' });`;
const notifies = `export const note = ({ actions }) => actions.sendNotification({ recipient: 'a', message: 'other' });`;
const logsAgain = `const message = 'one';\n${logs.replace("message: 'one'", 'message')}`;

/** A folder with the sources of a deploy: of all of them only the function that the workflow calls differs. */
function release(note: string): string {
  const root = mkdtempSync(path.join(tmpdir(), 'baton-release-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  const files = { 'package-lock.json': '{}', 'workflows/order.mjs': workflow, 'lib/note.mjs': note };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

async function deploy(harness: Harness, root: string) {
  const { href } = pathToFileURL(path.join(root, 'workflows/order.mjs'));
  const { orderWorkflow } = (await import(/* @vite-ignore */ href)) as { readonly orderWorkflow: WorkflowFunction };
  const runtime = createWorkflowRuntime({ actions: createActionRegistry(), deps: harness.deps });
  runtime.registerWorkflow(orderWorkflow);
  return harness.startWorker({ runtime, codeVersion: buildVersion({ root }) });
}

describe('a worker', () => {
  it('tries what is blocked again when its build mends a function that the workflow calls', async () => {
    const harness = await createHarness();
    cleanups.push(() => harness.close());
    const first = await deploy(harness, release(logs));
    const executionId = await harness.runtime.startWorkflow('Order', { tenant });
    await harness.untilStatus(executionId, 'waiting');
    await first.worker.stop();

    const broken = release(notifies);
    const second = await deploy(harness, broken);
    await harness.runtime.enqueueEvent({ execution_id: executionId, event_name: 'Go', tenant });
    await harness.untilStatus(executionId, 'blocked_on_code');
    const [blocked] = await harness.sql<{ by: string }[]>`
      SELECT error#>>'{details,codeVersion}' AS by FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(blocked?.by).toBe(buildVersion({ root: broken }));
    await second.worker.stop();

    await deploy(harness, release(logsAgain));
    await harness.untilStatus(executionId, 'completed');
  });

  it.each([
    ['of its sources', {}, buildVersion({ root: productRoot })],
    ['that it is told', { BATON_CODE_VERSION: '2026-11-24.1' }, '2026-11-24.1'],
  ])('of the product names the build %s', async (_, given, expected) => {
    const database = await createTestDatabase();
    cleanups.push(() => database.drop());
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    cleanups.push(() => sql.end({ timeout: 5 }));
    const workerId = randomUUID();
    const worker = spawn(process.execPath, ['--import', 'tsx', path.join('worker', 'main.ts')], {
      cwd: productRoot,
      env: {
        NODE_ENV: 'production',
        TZ: 'UTC',
        LOG_LEVEL: 'error',
        DATABASE_URL: database.url,
        BATON_WORKER_ID: workerId,
        BATON_WATCHDOG_MS: '0',
        ...given,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    cleanups.push(() => {
      worker.kill('SIGKILL');
      return ended;
    });
    const named = () => sql<{ code_version: string }[]>`
      SELECT code_version FROM workflow_workers WHERE worker_id = ${workerId}`;
    await until(async () => worker.exitCode !== null || (await named()).length === 1, 'the worker is there', 50_000);
    expect(await named()).toEqual([{ code_version: expected }]);
  });
});
