import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { TaskConflictError } from '../../model/errors';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { until } from '../harness';
import { tenant, type StartedExecution } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

describe.skipIf(!hasTestRedis())('a task that people answer while workers die', { timeout: patienceMs }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite({ answersTasks: false });
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    process.stdout.write(`Tasks: ${site.load.started.length} executions, ${site.cluster.kills} kills\n`);
  }, patienceMs);

  it('keeps the answer that comes before the workflow waits', async () => {
    const { cluster, load, sql } = site;
    const executions = await load.start(4, ['KillGatedTask']);
    const tasks = await openTasks(executions);
    const held = await sql<{ waits: number }[]>`SELECT count(*)::int AS waits FROM workflow_waits`;
    expect(held[0]?.waits).toBe(0);
    // Nobody is there to hear of the answers.
    await killAll();
    const answers = await Promise.all(tasks.map((taskId) => answerTwice(taskId)));
    expect(answers).toEqual(tasks.map(() => ({ won: 1, refused: 1 })));
    await killAll();
    await openGates(executions);
    await untilEnded(sql, executions);
    expect(await violations(sql, executions), cluster.report()).toEqual([]);
    await cluster.settled();
  });

  it('is answered once by two people at the same moment, whoever dies in between', async () => {
    const { cluster, load, sql } = site;
    const executions = await load.start(6, ['KillGatedTask']);
    await openGates(executions);
    const tasks = await openTasks(executions);
    const waiting = async () => {
      const [row] = await sql<{ n: number }[]>`SELECT count(*)::int AS n FROM workflow_waits WHERE kind = 'task'`;
      return row?.n === executions.length;
    };
    await until(waiting, 'all executions wait for their tasks');
    const answering = Promise.all(tasks.map((taskId) => answerTwice(taskId)));
    for (const worker of cluster.workers) worker.signal('SIGKILL');
    expect(await answering).toEqual(tasks.map(() => ({ won: 1, refused: 1 })));
    await untilEnded(sql, executions);
    expect(await violations(sql, executions), cluster.report()).toEqual([]);
    const ends = await sql<{ n: number }[]>`
      SELECT count(*)::int AS n FROM workflow_events
      WHERE kind = 'task_ended' AND execution_id = ANY(${executions.map(({ executionId }) => executionId)}::uuid[])`;
    expect(ends[0]?.n).toBe(tasks.length);
    const activity = await sql<{ kind: string; n: number }[]>`
      SELECT kind, count(*)::int AS n FROM workflow_task_activity
      WHERE task_id = ANY(${tasks}::uuid[]) GROUP BY kind ORDER BY kind`;
    expect(activity.map(({ kind, n }) => [kind, n])).toEqual([
      ['claimed', 6],
      ['completed', 6],
      ['created', 6],
    ]);
  });

  it('either expires or is answered, never both, whoever dies in between', async () => {
    const { cluster, load, sql } = site;
    const executions = await load.start(8, ['KillExpiryRace']);
    const tasks = await openTasks(executions);
    const answers = tasks.map(async (taskId, index) => {
      await new Promise((resolve) => setTimeout(resolve, 500 + index * 60));
      if (index === 2) cluster.workers[0]?.signal('SIGKILL');
      if (index === 5) cluster.workers[1]?.signal('SIGKILL');
      return answerTwice(taskId);
    });
    const won = (await Promise.all(answers)).map((answer) => answer.won);
    await untilEnded(sql, executions);
    expect(await violations(sql, executions), cluster.report()).toEqual([]);
    const rows = await sql<{ task_id: string; status: string; result: string }[]>`
      SELECT k.task_id, k.status, e.result FROM workflow_tasks k JOIN workflow_executions e USING (execution_id)
      WHERE k.task_id = ANY(${tasks}::uuid[])`;
    for (const { task_id: taskId, status, result } of rows) {
      expect(status).toBe(won[tasks.indexOf(taskId)] === 1 ? 'completed' : 'expired');
      expect(result).toBe(status);
    }
  });

  async function openTasks(executions: readonly StartedExecution[]): Promise<string[]> {
    const ids = executions.map(({ executionId }) => executionId);
    const find = () =>
      site.sql<{ task_id: string }[]>`
        SELECT task_id FROM workflow_tasks WHERE status = 'pending' AND execution_id = ANY(${ids}::uuid[])`;
    await until(async () => (await find()).length === ids.length, 'each execution made its task');
    return (await find()).map((row) => row.task_id);
  }

  async function answerTwice(taskId: string): Promise<{ won: number; refused: number }> {
    const deps = { ...site.deps, tasks: createTaskStore({ sql: site.sql }) };
    const answers = await Promise.allSettled(
      ['mia', 'tom'].map((userId) =>
        completeTask(deps, { tenant, taskId, userId, roles: ['manager'], outcome: 'approve', data: {} }),
      ),
    );
    const refused = answers.filter(({ status, ...answer }) => {
      if (status === 'rejected' && 'reason' in answer && !(answer.reason instanceof TaskConflictError))
        throw answer.reason;
      return status === 'rejected';
    }).length;
    return { won: answers.length - refused, refused };
  }

  async function openGates(executions: readonly StartedExecution[]): Promise<void> {
    const { sql } = site;
    await sql`INSERT INTO kill_gates (invoice_id) SELECT unnest(${executions.map(({ invoiceId }) => invoiceId)}::text[])`;
  }

  async function killAll(): Promise<void> {
    const { cluster } = site;
    await cluster.settled();
    const workers = [...cluster.workers];
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
  }
});
