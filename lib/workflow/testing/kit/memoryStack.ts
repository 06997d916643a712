/** The production engine over tables in memory and a clock that stands still: no database, no waiting. */
import { validateSubmission } from '../../../forms/server/validator';
import { createActionRunner } from '../../core/actions/actionRunner';
import { createEngineClock } from '../../core/engine/clock';
import { Engine } from '../../core/engine/engine';
import { drainMacrotask, processSandbox } from '../../core/sandbox';
import { TaskForbiddenError, ValidationFailedError } from '../../model/errors';
import type { WorkflowRegistry } from '../../core/workflowRegistry';
import type { WorkflowEvent } from '../../model/events';
import type { JsonValue } from '../../model/json';
import { partitionCount, partitionFor } from '../../model/partitions';
import type { WorkflowDefinition } from '../../model/workflow';
import { seededRandom, uuidFrom } from '../../replay/random';
import { createTaskPreparer } from '../../tasks/prepareTasks';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createMemoryActionResults } from '../memory/actionResults';
import { createMemoryBus } from '../memory/busStore';
import { createMemoryStore } from '../memory/executionStore';
import { completeTask, insertExecution, insertSignal, lastRunOf } from '../memory/senders';
import { isOpen, MemoryTables, type TaskTableRow } from '../memory/tables';
import { definitionsOf } from './definitions';
import { memoryEmit, registerMemorySignal, sendToBus } from './memorySenders';
import { createMemoryStarts } from './memoryStarts';
import type { Scenario, TaskAnswer } from './scenario';
import { assertEnds, type Ended, type EndedRun, type Stack, type Standstill } from './stack';
import { StandInRegistry, type Busy } from './standIns';
import { recordsOf } from './records';
import { VirtualScheduler } from './virtualScheduler';

const workerId = 'test-worker';
const usualStart = new Date('2026-01-05T09:00:00Z');
const usualSeed = 'test';

export class MemoryStack implements Stack {
  readonly #executionId: string;
  readonly #scenario: Scenario;
  readonly #time: VirtualScheduler;
  readonly #tables: MemoryTables;
  readonly #engine: Engine;
  readonly #busy: Busy = { calls: new Set() };
  readonly #registry: StandInRegistry;
  readonly #definitions: ReturnType<typeof definitionsOf>;
  readonly #adopted: Promise<void>;

  constructor(definition: WorkflowDefinition, scenario: Scenario, workflows: WorkflowRegistry) {
    const { startAt = usualStart, seed = usualSeed } = scenario;
    const random = seededRandom(`${seed}:kit`);
    this.#scenario = scenario;
    this.#executionId = uuidFrom(random);
    const time = (this.#time = new VirtualScheduler(startAt.getTime()));
    const tables = (this.#tables = new MemoryTables({
      nowMs: () => time.nowMs,
      partitionCount,
      workflows: new Map(workflows.all.map(({ name, version }) => [name, version])),
    }));
    tables.workers.set(workerId, { workerId, definitions: [], fencedAtMs: null, leaseUntilMs: null });
    const partitions = [...tables.partitions.keys()];
    for (const partition of partitions) tables.partitions.set(partition, workerId);
    this.#definitions = definitionsOf(scenario);
    const sends = { tables, newId: () => uuidFrom(random) };
    this.#registry = new StandInRegistry(scenario, {
      busy: this.#busy,
      needsStandIn: (action) => !action?.builtIn || action.name === 'httpRequest',
      emit: memoryEmit(sends),
      builtIns: (registry) => registerMemorySignal(registry, sends),
    });
    for (const { actions = [] } of workflows.all) for (const action of actions) this.#registry.registerAction(action);
    const tasks = createTaskPreparer({
      definitions: { ...this.#definitions.store, publishSystem: async () => undefined },
    });
    const ports = { logger: silentLogger, metrics: silentMetrics, scheduler: time };
    this.#engine = new Engine({
      ...ports,
      workerId,
      codeVersion: definition.version,
      store: createMemoryStore({ tables }),
      bus: createMemoryBus({ tables }),
      definition: (name, version) => workflows.find(name, version),
      actions: createActionRunner({
        ...ports,
        registry: this.#registry,
        results: createMemoryActionResults({ tables, workerId, onEffect: () => undefined }),
        uncertain: { starts: createMemoryStarts({ tables }), tasks },
        clock: { now: () => time.nowMs, random, pause: (ms, signal) => time.pause(ms, signal) },
      }),
      tasks,
      live: { publish: async () => undefined, close: async () => undefined },
      sandbox: processSandbox(),
      drain: drainMacrotask,
      clock: createEngineClock(() => time.nowMs),
      onWork: () => undefined,
    });
    this.#insert(definition, seed);
    this.#adopted = this.#engine.adopt(partitions);
  }

  #insert({ name, version }: WorkflowDefinition, seed: string): void {
    const { tenant = 'acme', trigger, data = {} } = this.#scenario;
    const timestamp = new Date(this.#time.nowMs).toISOString();
    const given = trigger ?? { name: 'workflow.started', payload: data };
    const startedBy = given.userId ?? null;
    const executionId = this.#executionId;
    insertExecution(this.#tables, {
      executionId,
      partitionId: partitionFor(tenant, executionId),
      tenant,
      started: {
        workflow: name,
        version,
        trigger: {
          name: given.name,
          type: given.type ?? given.name,
          payload: given.payload ?? {},
          user_id: startedBy,
          event_id: `${executionId}-trigger`,
          timestamp,
        },
        initialData: data,
        seed,
        logicalExecutionId: executionId,
        startedBy,
      },
    });
  }

  nowMs(): number {
    return this.#time.nowMs;
  }

  advanceTo(atMs: number): void {
    this.#time.nowMs = Math.max(this.#time.nowMs, atMs);
  }

  async settle(): Promise<Standstill> {
    await this.#adopted;
    for (;;) {
      await this.#engine.sweep();
      while (this.#engine.hasWork) {
        await this.#engine.tick();
        const runs = [...this.#tables.executions.values()].filter(({ continuedFrom }) => continuedFrom !== null);
        assertEnds(runs.length, this.#scenario.mostRuns);
      }
      // What ended in the last round is told to the engine by then.
      await drainMacrotask([]);
      if (this.#registry.missing) throw this.#registry.missing;
      if (this.#engine.hasWork || this.#time.runDue()) continue;
      if (this.#busy.calls.size > 0) {
        await Promise.race([...this.#busy.calls].map((call) => call.catch(() => undefined)));
        continue;
      }
      // What came into inboxes meanwhile, as from the bus.
      await this.#engine.sweep();
      if (!this.#engine.hasWork) break;
    }
    return this.#standstill();
  }

  #standstill(): Standstill {
    const row = this.#tables.execution(lastRunOf(this.#tables, this.#executionId));
    const timers = [...this.#tables.executions.values()].flatMap((each) =>
      [...each.timers.values()].map(({ fireAtMs }) => fireAtMs),
    );
    const next = this.#time.nextAtMs;
    return {
      status: row.status,
      error: row.error,
      awaited: [...row.waits.values()].flatMap(({ names }) => names),
      tasks: this.#tasks(),
      nextTimerMs: [...timers, ...(next === null ? [] : [next])].reduce<number | null>(
        (first, at) => (first === null ? at : Math.min(first, at)),
        null,
      ),
    };
  }

  #tasks(): Standstill['tasks'] {
    const counts = new Map<string, number>();
    return [...this.#tables.tasks.values()].map(({ insert, status, outcome }) => {
      const { row, createdAtMs } = insert;
      const { taskId, taskType, title, contextData, candidateRoles, candidateUsers, excludedUsers, priority } = row;
      const nth = (counts.get(taskType) ?? 0) + 1;
      counts.set(taskType, nth);
      const dueAt = row.dueAtMs === null ? null : new Date(row.dueAtMs).toISOString();
      const about = { taskId, taskType, title, contextData, candidateRoles, candidateUsers, excludedUsers };
      return { ...about, priority, dueAt, nth, status, outcome, createdAtMs };
    });
  }

  async send(event: WorkflowEvent<JsonValue>, to: 'execution' | 'bus'): Promise<void> {
    if (to === 'execution') {
      return insertSignal(this.#tables, lastRunOf(this.#tables, this.#executionId), event);
    }
    const { tenant } = this.#tables.execution(this.#executionId);
    await sendToBus(this.#tables, { tenant, event });
  }

  async answer(taskId: string, answer: TaskAnswer): Promise<void> {
    const task = this.#tables.tasks.get(taskId);
    // Somebody who comes too late is told so; the workflow sees nothing of it.
    if (!task || !isOpen(task)) return;
    const { by = 'somebody' } = answer;
    assertMayAnswer(task, by, answer.roles);
    const output = (each: TaskTableRow) => this.#checked(each, answer);
    completeTask(this.#tables, { taskId, outcome: answer.outcome ?? null, by, output });
  }

  /** The answer as the product would store it. */
  #checked({ insert: { row } }: TaskTableRow, { outcome, data = {} }: TaskAnswer): JsonValue {
    const form = this.#definitions.formOf(row.taskType);
    if (!form) return data;
    const checked = validateSubmission({ form, contextData: row.contextData, outcome: outcome ?? null, data });
    if (checked.ok) return checked.output as JsonValue;
    const fieldErrors = checked.fieldErrors.map(({ path, message }) => ({ path, message }));
    const wrong = fieldErrors.map(({ path, message }) => `${path}: ${message}`).join(' ');
    throw new ValidationFailedError(
      `The form of "${row.taskType}" does not take this answer. ${checked.formError ?? wrong}`,
      { fieldErrors },
    );
  }

  async read(): Promise<Ended> {
    const runs: EndedRun[] = [];
    for (let id: string | null = this.#executionId; id !== null; id = this.#tables.execution(id).continuedTo) {
      runs.push(await this.#readRun(id));
    }
    return { runs, tasks: this.#tasks() };
  }

  async #readRun(executionId: string): Promise<EndedRun> {
    const { partitionId, status, state, result, error, results } = this.#tables.execution(executionId);
    const store = createMemoryStore({ tables: this.#tables });
    const [loaded] = await store.load({ executions: [{ executionId, partitionId }] });
    const history = loaded?.history ?? [];
    const facts = [...results.values()].map(({ commandId, paramsText, attempts }) => {
      return { commandId, attempts, params: JSON.parse(paramsText) as JsonValue };
    });
    return { executionId, status, state, result, error, history, actionCalls: recordsOf(history, facts) };
  }

  async close(): Promise<void> {
    this.#engine.stop();
  }
}

function assertMayAnswer({ insert: { row } }: TaskTableRow, by: string, roles: readonly string[] | undefined): void {
  if (row.excludedUsers.includes(by)) {
    throw new TaskForbiddenError(`"${by}" may not answer "${row.title}": the task asks for somebody else.`);
  }
  const isCandidate =
    roles === undefined || row.candidateUsers.includes(by) || roles.some((role) => row.candidateRoles.includes(role));
  if (isCandidate) return;
  throw new TaskForbiddenError(`"${by}" may not answer "${row.title}": it is for ${row.candidateRoles.join(' or ')}.`);
}
