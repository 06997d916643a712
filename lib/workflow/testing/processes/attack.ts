/** Executions under attack on real processes: started, signalled in time, and left alone by nobody. */
import type { JsonObject } from '../../model/json';
import { ExecutionEndedError } from '../../model/errors';
import type { WorkflowDefinition } from '../../model/workflow';
import type { Dice } from '../simulation/dice';
import type { SentEvent } from '../simulation/scenario';
import type { AttackedExecution } from './attackOracle';
import { tenant } from './load';
import type { Site } from './openSite';

export interface Attack {
  readonly title: string;
  readonly definition: WorkflowDefinition;
  readonly data: JsonObject;
  readonly events: readonly SentEvent[];
  readonly judge: AttackedExecution['judge'];
}

/** Starts one and sends what belongs to it. Resolves when all of that is accepted. */
export async function beginAttack({ runtime }: Site, attack: Attack): Promise<AttackedExecution> {
  const { title, definition, data, judge } = attack;
  const executionId = await runtime.startWorkflow(definition.name, { tenant, initialData: data });
  const accepted: string[] = [];
  await Promise.all(
    attack.events.map(async ({ afterMs, name, payload }) => {
      if (afterMs > 0) await pause(afterMs);
      try {
        const event = { execution_id: executionId, event_name: name, payload, tenant };
        accepted.push((await runtime.enqueueEvent(event)).eventId);
      } catch (error) {
        if (!(error instanceof ExecutionEndedError)) throw error;
      }
    }),
  );
  return { executionId, title, definition, judge, accepted };
}

/** While work goes on: one worker dies, or stands still and goes on, and hints come many times over. */
export async function disturb(site: Site, dice: Dice): Promise<void> {
  const { cluster, deps, sql } = site;
  await pause(dice.between(0, 500));
  const victim = cluster.workers[dice.between(0, cluster.workers.length - 1)];
  if (dice.chance(0.6)) victim?.signal('SIGKILL');
  else {
    victim?.signal('SIGSTOP');
    await pause(dice.chance(0.5) ? dice.between(20, 400) : site.leaseMs * 1.5);
    victim?.signal('SIGCONT');
  }
  const open = await sql<{ execution_id: string; partition_id: number }[]>`
    SELECT execution_id, partition_id FROM workflow_executions WHERE ended_at IS NULL LIMIT 50`;
  const hints = open.map((row) => ({ executionId: row.execution_id, partitionId: row.partition_id }));
  await Promise.all([deps.hints.publish({ hints }), deps.hints.publish({ hints })]);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
