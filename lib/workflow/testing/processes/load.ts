/** Executions of all kinds, the events that they wait for, and the people who answer their tasks. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import type { EngineDeps } from '../../core/engineDeps';
import type { WorkflowRuntime } from '../../core/workflowRuntime';
import { TaskConflictError } from '../../model/errors';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import type { FixtureWorkflow } from './fixtureCode';

export const tenant = 'acme';

export interface StartedExecution {
  readonly executionId: string;
  readonly workflow: FixtureWorkflow;
  readonly invoiceId: string;
}

/** What a mix is made of; the others need a test of their own. */
const mix: readonly FixtureWorkflow[] = ['KillPipeline', 'KillApproval', 'KillExpiry', 'KillTask', 'KillTimer'];

export class Load {
  readonly started: StartedExecution[] = [];
  readonly #errors: unknown[] = [];
  readonly #sending = new Set<Promise<void>>();
  readonly #people: Promise<void>;
  #closed = false;
  /** Tasks answered, and how many of the second answers were refused. */
  answered = 0;
  refused = 0;

  constructor(
    private readonly deps: EngineDeps,
    private readonly runtime: WorkflowRuntime,
    answersTasks: boolean,
  ) {
    this.#people = answersTasks ? this.#answerTasks() : Promise.resolve();
  }

  /** Starts executions of each kind. Answers with them once they are accepted. */
  async start(ofEach: number, workflows: readonly FixtureWorkflow[] = mix): Promise<StartedExecution[]> {
    const wanted = workflows.flatMap((workflow) => Array.from({ length: ofEach }, () => workflow));
    const started = await Promise.all(wanted.map((workflow) => this.#startOne(workflow)));
    this.started.push(...started);
    return started;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#people, ...this.#sending]);
    if (this.#errors.length > 0) throw this.#errors[0];
  }

  async #startOne(workflow: FixtureWorkflow): Promise<StartedExecution> {
    const invoiceId = randomUUID();
    await insertInvoice(this.deps.sql, invoiceId);
    const executionId = await this.runtime.startWorkflow(workflow, { tenant, initialData: { invoiceId } });
    const execution = { executionId, workflow, invoiceId };
    if (workflow === 'KillApproval') this.#send(execution);
    return execution;
  }

  /** Some events come at once, before anything waits for them, some while the execution is at work. */
  #send({ executionId }: StartedExecution): void {
    const pauses = [0, Math.random() < 0.5 ? 0 : 100 + Math.random() * 300];
    const names = ['Submit', Math.random() < 0.5 ? 'Approve' : 'Reject'];
    const sending = (async () => {
      for (const [index, event_name] of names.entries()) {
        await new Promise((resolve) => setTimeout(resolve, pauses[index]));
        await this.runtime.enqueueEvent({ execution_id: executionId, event_name, tenant });
      }
    })().catch((error: unknown) => void this.#errors.push(error));
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  /** Two managers look for tasks and answer each at the same moment: one of them must be told so. */
  async #answerTasks(): Promise<void> {
    const deps = { ...this.deps, tasks: createTaskStore({ sql: this.deps.sql }) };
    const done = new Set<string>();
    while (!this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const open = await this.deps.sql<{ task_id: string }[]>`
        SELECT task_id FROM workflow_tasks WHERE status = 'pending' AND title = 'Decide'`;
      await Promise.all(
        open.map(async ({ task_id: taskId }) => {
          const answers = await Promise.allSettled(
            ['mia', 'tom'].map((userId) =>
              completeTask(deps, { tenant, taskId, userId, roles: ['manager'], outcome: 'approve', data: {} }),
            ),
          );
          const won = answers.filter((answer) => answer.status === 'fulfilled').length;
          const conflicts = answers.filter(
            (answer) => answer.status === 'rejected' && answer.reason instanceof TaskConflictError,
          ).length;
          if (won !== 1 || conflicts !== 1 || done.has(taskId)) {
            const reasons = answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : 'won'));
            this.#errors.push(new Error(`Task ${taskId}: ${reasons.join(' / ')}`));
          }
          done.add(taskId);
          this.answered += won;
          this.refused += conflicts;
        }),
      );
    }
  }
}

let nextNumber = 1;

async function insertInvoice(sql: Sql, invoiceId: string): Promise<void> {
  await sql`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
    VALUES (${invoiceId}, ${tenant}, ${nextNumber++}, 'Customer', 0, 'draft', 'mia')`;
}
