/** Random programs on real worker processes, each with a misfortune, answered by people who take their time. */
import { TaskConflictError, TaskForbiddenError } from '../../model/errors';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { beginAttack, disturb, pause } from '../processes/attack';
import { attackViolations } from '../processes/attackOracle';
import { tenant } from '../processes/load';
import type { Site } from '../processes/openSite';
import { untilEnded } from '../processes/oracle';
import { Dice } from '../simulation/dice';
import { randomProgramDefinition } from './interpretProgram';
import { programScenario } from './programScenario';
import { programAloneOf } from './simulateProgram';

const atOnce = 5;

/** @param onBroken is told of each program that broke a promise. */
export async function runProgramsOnProcesses(
  site: Site,
  seeds: readonly string[],
  onBroken: (seed: string, violations: readonly string[]) => void,
): Promise<void> {
  const people = new People(site);
  try {
    for (let first = 0; first < seeds.length; first += atOnce) {
      const group = seeds.slice(first, first + atOnce).map((seed) => {
        const scenario = programScenario(programAloneOf(seed), new Dice(`${seed}:events`));
        const { judge = () => [] } = scenario.expected;
        return { ...scenario, title: `program ${seed}`, definition: randomProgramDefinition, judge };
      });
      const [executions] = await Promise.all([
        Promise.all(group.map((attack) => beginAttack(site, attack))),
        disturb(site, new Dice(`${seeds[first]}:misfortune`)),
      ]);
      await untilEnded(site.sql, executions);
      const violations = await attackViolations(site.sql, executions);
      for (const seed of seeds.slice(first, first + atOnce)) {
        const own = violations.filter((violation) => violation.startsWith(`program ${seed} `));
        if (own.length > 0) onBroken(seed, own);
      }
      await site.cluster.settled();
    }
  } finally {
    await people.close();
  }
}

/** They look every moment, and answer what they see after a while, sometimes too late. */
class People {
  readonly #seen = new Set<string>();
  readonly #answers = new Set<Promise<void>>();
  readonly #looking: Promise<void>;
  #closed = false;

  constructor(private readonly site: Site) {
    this.#looking = this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await Promise.all(this.#answers);
  }

  async #look(): Promise<void> {
    while (!this.#closed) {
      const rows = await this.site.sql<{ task_id: string }[]>`
        SELECT task_id FROM workflow_tasks
        WHERE status = 'pending' AND system_task_definition_task_type = 'review' AND tenant_id = ${tenant}`;
      for (const { task_id: taskId } of rows) {
        if (this.#seen.has(taskId)) continue;
        this.#seen.add(taskId);
        this.#answers.add(this.#answer(taskId));
      }
      await pause(50);
    }
  }

  async #answer(taskId: string): Promise<void> {
    await pause(Math.random() * 1_500);
    const deps = { ...this.site.deps, tasks: createTaskStore({ sql: this.site.sql }) };
    const outcome = Math.random() < 0.5 ? 'approve' : 'reject';
    try {
      await completeTask(deps, { tenant, taskId, userId: 'mia', roles: ['manager'], outcome, data: {} });
    } catch (error) {
      // Its time was over, or its execution had ended.
      if (!(error instanceof TaskConflictError || error instanceof TaskForbiddenError)) throw error;
    }
  }
}
