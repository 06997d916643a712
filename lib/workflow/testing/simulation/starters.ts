/** Who starts executions: each once, or by a key that others may hold already. */
import { startOrFindBy } from '../../core/startByKey';
import type { WorkflowEvent } from '../../model/events';
import type { JsonObject } from '../../model/json';
import { uuidFrom } from '../../replay/random';
import { beginSignal, insertExecution } from '../memory/senders';
import type { MemoryTables } from '../memory/tables';
import type { Dice } from './dice';
import type { FaultDice } from './faults';
import type { SimulatedHints } from './hints';
import type { KeyedStart, Scenario } from './scenario';
import type { VirtualTime } from './virtualTime';

interface Parts {
  readonly dice: Dice;
  readonly time: VirtualTime;
  readonly tables: MemoryTables;
  readonly faults: FaultDice;
  readonly hints: SimulatedHints;
  readonly partitionCount: number;
  readonly event: (scenarioId: string, name: string, payload: JsonObject) => WorkflowEvent<JsonObject>;
  /** False when who it is for has ended. */
  readonly arrive: (executionId: string, event: WorkflowEvent) => boolean;
}

export class Starters {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(executionId: string, { workflow, data }: Scenario): void {
    const { dice, partitionCount } = this.#parts;
    this.#insert({ executionId, workflow, data, partitionId: dice.between(0, partitionCount - 1), workflowKey: null });
  }

  /** The product's loop, over statements that each take their time. Answers with the event that it sends along. */
  async startByKey(scenarioId: string, { workflow, data }: Scenario, { payload }: KeyedStart): Promise<string> {
    const { tables, partitionCount, event: eventOf, arrive } = this.#parts;
    const event = eventOf(scenarioId, 'Add', payload);
    const executionId = `${event.event_id}-started`;
    const key = { tenant: 'acme', workflowName: workflow, workflowKey: scenarioId };
    await startOrFindBy(
      {
        insert: () =>
          this.#statement(() => {
            if (tables.holderOfKey(key)) return 'key_taken';
            const partitionId = Number(scenarioId.slice(1)) % partitionCount;
            this.#insert({ executionId, partitionId, workflow, workflowKey: scenarioId, data, signal: event });
            return 'started';
          }),
        findHolder: () => this.#statement(() => tables.holderOfKey(key)?.executionId ?? null),
        signal: (holder) => this.#statement(() => arrive(holder, event)),
      },
      { executionId, key: scenarioId, workflow, signals: true },
    );
    return event.event_id;
  }

  #insert(start: {
    readonly executionId: string;
    readonly partitionId: number;
    readonly workflow: string;
    readonly workflowKey: string | null;
    readonly data: JsonObject;
    readonly signal?: WorkflowEvent;
  }): void {
    const { tables, time, dice, hints } = this.#parts;
    const { executionId, partitionId, workflow, workflowKey, data, signal } = start;
    insertExecution(tables, {
      executionId,
      partitionId,
      tenant: 'acme',
      workflowKey,
      started: {
        workflow,
        version: '1',
        trigger: {
          name: 'workflow.started',
          type: 'workflow.started',
          payload: {},
          user_id: null,
          event_id: executionId,
          timestamp: new Date(time.nowMs).toISOString(),
        },
        initialData: data,
        seed: uuidFrom(dice.random),
        logicalExecutionId: executionId,
        startedBy: null,
      },
    });
    if (signal) beginSignal(tables, executionId, signal)();
    hints.publish({ executionId, partitionId });
  }

  #statement<T>(run: () => T): Promise<T> {
    const { faults, time } = this.#parts;
    return new Promise((resolve) => {
      const delayMs = faults.dice.between(0, 30);
      time.schedule({ delayMs, owner: null, label: 'a starter goes on', run: () => resolve(run()) });
    });
  }
}
