/** Some executions of each kind of life, the people who decide about them, and what must have come of them. */
import { BatonError } from '../../model/errors';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { until } from '../harness';
import { attackViolations, type AttackedExecution } from './attackOracle';
import { lifeWorkflows, type lifeDefinitions } from './lifeDefinitions';
import { tenant } from './load';
import type { Site } from './openSite';

type Life = keyof typeof lifeDefinitions;

interface Plan {
  readonly life: Life;
  readonly status: 'completed' | 'canceled' | 'terminated';
  /** Effects in the database, each once, in any order. */
  readonly effects: readonly string[];
  readonly decided?: 'cancel' | 'terminate' | 'pause';
}

const plans: readonly Plan[] = [
  { life: 'lifeWaits', status: 'canceled', effects: ['begun', 'undone'], decided: 'cancel' },
  { life: 'lifeWaits', status: 'terminated', effects: ['begun'], decided: 'terminate' },
  { life: 'lifeWaits', status: 'completed', effects: ['begun', 'went'], decided: 'pause' },
  { life: 'lifeFails', status: 'completed', effects: ['begun', 'charged'] },
  { life: 'lifeParent', status: 'completed', effects: ['begun', 'ended'] },
  { life: 'lifeJobs', status: 'completed', effects: ['begun', 'ended'] },
  { life: 'lifeOnce', status: 'completed', effects: ['begun', 'ended'] },
];
const ofEach = 2;
/** Lost workers cost a lease each, and machines may have other things to do. */
const patienceMs = 120_000;
const childrenOfEach = 3;
const jobsOfEach = 2;

interface Member {
  readonly plan: Plan;
  readonly execution: AttackedExecution;
  isDecided: boolean;
}

export class LifeWave {
  /** Asked of people: did this happen? */
  questions = 0;

  private constructor(
    private readonly site: Site,
    private readonly members: readonly Member[],
  ) {}

  /** Resolves when all of them are accepted. */
  static async start(site: Site): Promise<LifeWave> {
    const wanted = plans.flatMap((plan) => Array.from({ length: ofEach }, () => plan));
    return new LifeWave(site, await Promise.all(wanted.map((plan) => begin(site, plan))));
  }

  get size(): number {
    return this.members.length;
  }

  /** Decides, retries and answers until each has ended, and nothing is left in its inbox. */
  async untilEnded(): Promise<void> {
    await until(
      async () => {
        const states = await this.#states();
        await Promise.all(this.members.map((member) => this.#attend(member, states.get(member.execution.executionId))));
        await this.#answerQuestions();
        return this.members.every(({ plan, execution }) => {
          const state = states.get(execution.executionId);
          return state?.inbox === 0 && state.status === plan.status;
        });
      },
      'all of them end as they should',
      patienceMs,
    );
  }

  async violations(): Promise<readonly string[]> {
    const { sql } = this.site;
    const executions = this.members.map(({ execution }) => execution);
    // People say of all that it happened, also of what died with its worker before it called anybody.
    const found = (await attackViolations(sql, executions)).filter(
      (what) => !/^lifeOnce .* was never called$/.test(what),
    );
    const rounds = await sql<{ what: string; times: number }[]>`
      SELECT a.what, count(*)::int AS times
      FROM attack_effects a JOIN workflow_executions e ON e.execution_id::text = a.execution_id
      WHERE e.parent_execution_id = ANY(${this.#idsOf('lifeParent')}::uuid[]) GROUP BY 1 ORDER BY 1`;
    const told = rounds.map(({ what, times }) => `${what} ${times} times`).join(', ');
    const expected = [1, 2, 3].map((round) => `round ${round} ${childrenOfEach * ofEach} times`).join(', ');
    if (told !== expected) found.push(`children wrote ${told} and not ${expected}`);
    const jobs = await sql<{ status: string }[]>`
      SELECT status FROM workflow_jobs WHERE execution_id = ANY(${this.#idsOf('lifeJobs')}::uuid[])`;
    const done = jobs.filter(({ status }) => status === 'completed').length;
    if (jobs.length !== done || done !== jobsOfEach * ofEach)
      found.push(`${done} of ${jobs.length} jobs are completed`);
    const begun = await sql<{ execution_id: string; times: number }[]>`
      SELECT execution_id, count(*)::int AS times FROM attack_calls
      WHERE execution_id = ANY(${this.#idsOf('lifeOnce')}::text[]) GROUP BY 1 HAVING count(*) > 1`;
    for (const { execution_id: id, times } of begun) found.push(`lifeOnce ${id} began its action ${times} times`);
    return found;
  }

  #idsOf(life?: Life): string[] {
    return this.members.flatMap(({ plan, execution }) =>
      life === undefined || plan.life === life ? [execution.executionId] : [],
    );
  }

  async #states(): Promise<ReadonlyMap<string, { readonly status: string; readonly inbox: number }>> {
    const rows = await this.site.sql<{ execution_id: string; status: string; inbox: number }[]>`
      SELECT e.execution_id, e.status,
        (SELECT count(*)::int FROM workflow_events i
         WHERE i.execution_id = e.execution_id AND i.seq IS NULL AND i.disposition IS NULL) AS inbox
      FROM workflow_executions e WHERE e.execution_id = ANY(${this.#idsOf()}::uuid[])`;
    return new Map(rows.map(({ execution_id: id, ...state }) => [id, state]));
  }

  async #attend(member: Member, state: { readonly status: string } | undefined): Promise<void> {
    const { runtime } = this.site;
    const { plan, execution } = member;
    const { executionId } = execution;
    const decision = { tenant, executionId };
    // Another retry may have been taken in between.
    if (plan.life === 'lifeFails' && state?.status === 'failed') {
      await runtime.retryExecution(decision).catch(unlessNamed);
    }
    if (plan.decided === undefined || member.isDecided || state?.status !== 'waiting') return;
    member.isDecided = true;
    if (plan.decided === 'cancel') return void (await runtime.cancelExecution(decision));
    if (plan.decided === 'terminate') return void (await runtime.terminateExecution(decision));
    await runtime.pauseExecution(decision);
    const event = { tenant, execution_id: executionId, event_name: 'Go', payload: {} };
    execution.accepted.push((await runtime.enqueueEvent(event)).eventId);
    await runtime.resumeExecution(decision);
  }

  async #answerQuestions(): Promise<void> {
    const { sql, deps } = this.site;
    const open = await sql<{ task_id: string }[]>`
      SELECT task_id FROM workflow_tasks
      WHERE execution_id = ANY(${this.#idsOf('lifeOnce')}::uuid[]) AND status = 'pending'`;
    for (const { task_id: taskId } of open) {
      const answer = { tenant, userId: 'ada', roles: ['administrator'], taskId, outcome: 'happened', data: {} };
      await completeTask({ ...deps, tasks: createTaskStore({ sql }) }, answer);
      this.questions += 1;
    }
  }
}

async function begin({ runtime }: Site, plan: Plan): Promise<Member> {
  const { life, status, effects } = plan;
  const executionId = await runtime.startWorkflow(life, { tenant, initialData: {} });
  const definition = lifeWorkflows.find(({ name }) => name === life);
  if (!definition) throw new Error(`No workflow ${life}.`);
  const execution: AttackedExecution = {
    executionId,
    title: life,
    definition,
    accepted: [],
    judge: (ended) => [
      ...(ended.status === status ? [] : [`is ${ended.status}, not ${status}: ${ended.error?.message ?? ''}`]),
      ...([...ended.booked].sort().join() === [...effects].sort().join() ? [] : [`wrote ${ended.booked.join()}`]),
    ],
  };
  return { plan, execution, isDecided: false };
}

function unlessNamed(error: unknown): void {
  if (!(error instanceof BatonError)) throw error;
}
