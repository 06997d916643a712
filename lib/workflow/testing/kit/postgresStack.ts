/** A real worker over a real database of the test's own, with the clock of timers moved forward instead of waited for. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { submitEvent } from '../../core/submitEvent';
import type { WorkflowRegistry } from '../../core/workflowRegistry';
import { createWorkflowRuntime } from '../../core/workflowRuntime';
import { InvalidInputError } from '../../model/errors';
import type { WorkflowEvent } from '../../model/events';
import type { RecordedError } from '../../model/errors';
import type { JsonObject, JsonValue } from '../../model/json';
import { isEnded, isOpenTask, type ExecutionStatus, type TaskStatus } from '../../model/status';
import type { WorkflowDefinition } from '../../model/workflow';
import { createPostgresStore } from '../../persistence/executions/postgresStore';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../harness';
import { recordsOf } from './records';
import type { Scenario, TaskAnswer } from './scenario';
import { assertEnds, type Ended, type EndedRun, type Stack, type Standstill } from './stack';
import { StandInRegistry } from './standIns';

export interface RealScenario extends Scenario {
  /** Fills the test's database before the workflow starts. */
  readonly before?: (database: { readonly sql: Sql }) => Promise<void>;
  /** Looks into it after the end; the execution is the last run. */
  readonly inspect?: (database: { readonly sql: Sql; readonly executionId: string }) => Promise<void>;
}

interface RunRow {
  readonly execution_id: string;
  readonly partition_id: number;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
}

interface Seen {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  readonly error: RecordedError | null;
  /** Any execution of the database: children count. */
  readonly is_busy: boolean;
  readonly next_timer: Date | null;
  readonly is_due: boolean;
  /** Runs that continued another one. */
  readonly continued: number;
}

interface TaskRow {
  readonly task_id: string;
  readonly task_type: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly outcome: string | null;
  readonly priority: string;
  readonly context_data: JsonObject;
  readonly candidate_roles: string[];
  readonly candidate_users: string[];
  readonly excluded_users: string[];
  readonly due_at: Date | null;
  readonly created_at: Date;
}

const usualTenant = 'acme';

export class PostgresStack implements Stack {
  readonly #executionId: string;
  readonly #harness: Harness;
  readonly #scenario: RealScenario;
  readonly #registry: StandInRegistry;
  readonly #runtime: ReturnType<typeof createWorkflowRuntime>;
  #offsetMs = 0;

  private constructor(parts: {
    readonly executionId: string;
    readonly harness: Harness;
    readonly scenario: RealScenario;
    readonly registry: StandInRegistry;
    readonly runtime: ReturnType<typeof createWorkflowRuntime>;
  }) {
    this.#executionId = parts.executionId;
    this.#harness = parts.harness;
    this.#scenario = parts.scenario;
    this.#registry = parts.registry;
    this.#runtime = parts.runtime;
  }

  static async start(
    definition: WorkflowDefinition,
    scenario: RealScenario,
    workflows: WorkflowRegistry,
  ): Promise<PostgresStack> {
    const harness = await createHarness();
    try {
      const registry = new StandInRegistry(scenario, {
        busy: null,
        // What stays in the test's database may run for real.
        needsStandIn: (action) =>
          !action || action.name === 'httpRequest' || (action.kind === 'simple' && !action.builtIn),
        emit: (event) => submitEvent(harness.deps, event),
      });
      const runtime = createWorkflowRuntime({ actions: registry, deps: harness.deps });
      for (const each of workflows.all) runtime.registerWorkflow(each);
      const { forms = [], taskDefinitions = [] } = scenario;
      const definitions = createTaskDefinitionStore({ sql: harness.sql });
      await publishSystemDefinitions({ definitions }, { forms, taskDefinitions });
      await scenario.before?.({ sql: harness.sql });
      await harness.startWorker({ runtime });
      const executionId = await startExecution(harness, runtime, definition, scenario);
      return new PostgresStack({ executionId, harness, scenario, registry, runtime });
    } catch (error) {
      await harness.close();
      throw error;
    }
  }

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  advanceTo(atMs: number): void {
    const byMs = Math.max(0, atMs - this.nowMs());
    this.#offsetMs += byMs;
    this.#harness.moveTime(byMs);
  }

  async settle(): Promise<Standstill> {
    let seen = await this.#see();
    await until(async () => {
      if (this.#registry.missing) throw this.#registry.missing;
      seen = await this.#see();
      assertEnds(seen.continued, this.#scenario.mostRuns);
      if (isEnded(seen.status) || seen.status === 'blocked_on_code') return true;
      return seen.status === 'waiting' && !seen.is_busy && !seen.is_due;
    }, `a standstill of execution ${this.#executionId}`);
    return this.#standstill(seen);
  }

  /** How the run stands that goes on. */
  async #see(): Promise<Seen> {
    const [row] = await this.#harness.sql<Seen[]>`
      SELECT e.execution_id, e.status, e.error, t.fire_at AS next_timer,
             EXISTS (SELECT 1 FROM workflow_executions WHERE status IN ('pending', 'running'))
               OR EXISTS (SELECT 1 FROM workflow_events WHERE seq IS NULL AND disposition IS NULL) AS is_busy,
             coalesce(t.fire_at <= clock_timestamp() + ${this.#offsetMs} * interval '1 millisecond', false) AS is_due,
             (SELECT count(*)::int FROM workflow_executions WHERE continued_from IS NOT NULL) AS continued
      FROM (${this.#chain()}) e, (SELECT min(fire_at) AS fire_at FROM workflow_timers) t
      WHERE e.continued_to IS NULL`;
    if (!row) throw new Error(`Execution ${this.#executionId} is gone.`);
    return row;
  }

  /** All runs of the execution; `n` counts them. */
  #chain() {
    return this.#harness.sql`
      WITH RECURSIVE run AS (
        SELECT e.*, 1 AS n FROM workflow_executions e WHERE execution_id = ${this.#executionId}
        UNION ALL
        SELECT e.*, run.n + 1 FROM run JOIN workflow_executions e ON e.execution_id = run.continued_to
      )
      SELECT * FROM run`;
  }

  async #standstill({ execution_id: executionId, status, error, next_timer: nextTimer }: Seen): Promise<Standstill> {
    const waits = await this.#harness.sql<{ names: string[] }[]>`
      SELECT names FROM workflow_waits WHERE execution_id = ${executionId}`;
    const awaited = waits.flatMap(({ names }) => names);
    return { status, error, awaited, tasks: await this.#tasks(), nextTimerMs: nextTimer?.getTime() ?? null };
  }

  async #tasks(): Promise<Standstill['tasks']> {
    const rows = await this.#harness.sql<TaskRow[]>`
      SELECT task_id, task_type, title, status, outcome, priority, context_data, candidate_roles, candidate_users,
             excluded_users, due_at, created_at
      FROM workflow_tasks ORDER BY created_at, task_id`;
    const counts = new Map<string, number>();
    return rows.map((row) => {
      const nth = (counts.get(row.task_type) ?? 0) + 1;
      counts.set(row.task_type, nth);
      return taskOf(row, nth);
    });
  }

  async send(event: WorkflowEvent<JsonValue>, to: 'execution' | 'bus'): Promise<void> {
    if (to === 'bus') {
      const { name: eventName, type: eventType, payload, user_id: userId } = event;
      await submitEvent(this.#harness.deps, { tenant: this.#tenant, userId, eventType, eventName, payload });
      return;
    }
    await this.#runtime.enqueueEvent({
      tenant: this.#tenant,
      execution_id: this.#executionId,
      event_name: event.name,
      event_type: event.type,
      payload: event.payload,
      user_id: event.user_id,
    });
  }

  async answer(taskId: string, { by = 'somebody', outcome, data = {}, roles }: TaskAnswer): Promise<void> {
    const { sql, deps } = this.#harness;
    const [task] = await sql<{ status: TaskStatus; candidate_roles: string[] }[]>`
      SELECT status, candidate_roles FROM workflow_tasks WHERE task_id = ${taskId}`;
    if (!task || !isOpenTask(task.status)) return;
    await completeTask(
      { ...deps, tasks: createTaskStore({ sql }) },
      {
        tenant: this.#tenant,
        userId: by,
        roles: roles ?? task.candidate_roles,
        taskId,
        outcome: outcome ?? null,
        data,
      },
    );
  }

  async read(): Promise<Ended> {
    const { sql } = this.#harness;
    const rows = await sql<RunRow[]>`
      SELECT execution_id, partition_id, status, state, result, error FROM (${this.#chain()}) e ORDER BY n`;
    const runs = await Promise.all(rows.map((row) => this.#readRun(row)));
    await this.#scenario.inspect?.({ sql, executionId: rows.at(-1)?.execution_id ?? this.#executionId });
    return { runs, tasks: await this.#tasks() };
  }

  async #readRun({ execution_id: executionId, partition_id: partitionId, ...run }: RunRow): Promise<EndedRun> {
    const { sql } = this.#harness;
    const [loaded] = await createPostgresStore({ sql }).load({ executions: [{ executionId, partitionId }] });
    const history = loaded?.history ?? [];
    const results = await sql<{ commandId: string; params: JsonValue; attempts: number }[]>`
      SELECT command_id AS "commandId", params, attempts FROM workflow_action_results
      WHERE execution_id = ${executionId}`;
    return { executionId, ...run, history, actionCalls: recordsOf(history, results) };
  }

  close(): Promise<void> {
    return this.#harness.close();
  }

  get #tenant(): string {
    return this.#scenario.tenant ?? usualTenant;
  }
}

/** As in production: an event starts what is attached to it, and without an event it is a direct start. */
async function startExecution(
  { sql, deps }: Harness,
  runtime: ReturnType<typeof createWorkflowRuntime>,
  { name }: WorkflowDefinition,
  { tenant = usualTenant, trigger, data }: RealScenario,
): Promise<string> {
  if (!trigger) return runtime.startWorkflow(name, { tenant, ...(data ? { initialData: data } : {}) });
  if (data) throw new InvalidInputError('On Postgres a workflow starts with a trigger or with data, not with both.');
  const eventType = trigger.type ?? trigger.name;
  await sql`
    INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
    SELECT ${randomUUID()}, ${tenant}, ${eventType}, registration_id FROM workflow_registrations WHERE name = ${name}`;
  const { executionIds } = await submitEvent(deps, {
    tenant,
    userId: trigger.userId ?? null,
    eventType,
    eventName: trigger.name,
    payload: trigger.payload ?? {},
  });
  const [executionId] = executionIds;
  if (executionId === undefined) throw new Error(`The event ${eventType} started nothing.`);
  return executionId;
}

function taskOf(row: TaskRow, nth: number): Standstill['tasks'][number] {
  return {
    taskId: row.task_id,
    taskType: row.task_type,
    title: row.title,
    status: row.status,
    outcome: row.outcome,
    priority: row.priority,
    contextData: row.context_data,
    candidateRoles: row.candidate_roles,
    candidateUsers: row.candidate_users,
    excludedUsers: row.excluded_users,
    dueAt: row.due_at?.toISOString() ?? null,
    createdAtMs: row.created_at.getTime(),
    nth,
  };
}
