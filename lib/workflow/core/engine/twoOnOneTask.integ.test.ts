// Two on one task: people, the workflow that ends, the time that runs out. Every pair of what they may do is let loose
// on one task in the same moment, and must come out as if one had been first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatonError } from '../../model/errors';
import type { WorkflowContext } from '../../model/workflow';
import { createPeopleDirectory } from '../../persistence/tasks/people';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { declineTask } from '../../tasks/declineTask';
import type { HandoverDeps } from '../../tasks/deps';
import { assignTask, delegateTask, forwardTask } from '../../tasks/handOver';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { releaseTask } from '../../tasks/releaseTask';
import { createHarness, until, type Harness } from '../../testing/harness';

const tenant = 'acme';
const person = (userId: string, ...roles: string[]) => ({ tenant, userId, roles });
const mia = person('mia', 'manager');
const max = person('max', 'manager');
const omar = person('omar', 'administrator');
type Person = ReturnType<typeof person>;

let harness: Harness;
let deps: HandoverDeps;

async function withdrawableWorkflow({ actions, events }: WorkflowContext): Promise<void> {
  await actions.createHumanTask({ taskType: 'review', title: 'Review', contextData: {}, expiresIn: '1 hour' });
  await events.waitFor('WITHDRAWN');
}

beforeAll(async () => {
  harness = await createHarness();
  const { sql } = harness;
  deps = { ...harness.deps, tasks: createTaskStore({ sql }), people: createPeopleDirectory({ sql }) };
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('mia', 'mia@acme.test', 'Mia Rossi', 'acme'), ('max', 'max@acme.test', 'Max Braun', 'acme'),
    ('omar', 'omar@acme.test', 'Omar Haddad', 'acme'), ('alice', 'alice@acme.test', 'Alice Meyer', 'acme')`;
  const outcomes = { 'x-outcomes': [{ value: 'approve', title: 'Approve' }] };
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    {
      forms: [{ name: 'form', jsonSchema: { type: 'object', properties: {}, ...outcomes }, uiSchema: {} }],
      taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'form', defaultRoles: ['manager'] }],
    },
  );
  harness.runtime.registerWorkflow(withdrawableWorkflow);
  await harness.startWorker();
});
afterAll(() => harness.close());

interface Place {
  readonly executionId: string;
  readonly taskId: string;
}

/** What may be done to a task. `as` is the person at the task; who has no say in it stands for somebody else. */
const deeds = {
  claim: (as: Person, { taskId }: Place) => claimTask(deps, { ...as, taskId }),
  complete: (as: Person, { taskId }: Place) => completeTask(deps, { ...as, taskId, outcome: 'approve', data: {} }),
  decline: (as: Person, { taskId }: Place) => declineTask(deps, { ...as, taskId, reason: 'Not ours' }),
  delegate: (as: Person, { taskId }: Place) => delegateTask(deps, { ...as, taskId, to: 'alice' }),
  forward: (as: Person, { taskId }: Place) => forwardTask(deps, { ...as, taskId, to: 'alice' }),
  release: (as: Person, { taskId }: Place) => releaseTask(deps, { ...(as === max ? omar : as), taskId }),
  assign: (_: Person, { taskId }: Place) => assignTask(deps, { ...omar, taskId, to: 'alice' }),
  /** The workflow ends, and takes its open task with it. */
  cancel: async (_: Person, { executionId, taskId }: Place) => {
    await harness.runtime.enqueueEvent({ execution_id: executionId, event_name: 'WITHDRAWN', tenant });
    await harness.untilStatus(executionId, 'completed');
    await expectEndedBy(taskId, 'canceled');
  },
  /** Its time runs out. */
  expire: async (_: Person, { taskId }: Place) => {
    harness.moveTime(2 * 3_600_000);
    await until(async () => !['pending', 'claimed'].includes((await rowOf(taskId)).status), 'the task has ended');
    await expectEndedBy(taskId, 'expired');
  },
};
type Deed = keyof typeof deeds;
const names = Object.keys(deeds) as Deed[];
const ends: readonly Deed[] = ['complete', 'decline', 'cancel', 'expire'];
const ofHolder: readonly Deed[] = ['delegate', 'forward', 'release'];
const ofNobody: readonly Deed[] = ['cancel', 'expire'];

/** Thrown where neither person: the workflow, or time, came too late. */
class TooLate extends Error {}

async function expectEndedBy(taskId: string, status: string): Promise<void> {
  if ((await rowOf(taskId)).status !== status) throw new TooLate(`The task is not ${status}.`);
}

interface TaskRow {
  readonly status: string;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly ended_by: string | null;
}

async function rowOf(taskId: string): Promise<TaskRow> {
  const [row] = await harness.sql<TaskRow[]>`
    SELECT status, assignee, owner, ended_by FROM workflow_tasks WHERE task_id = ${taskId}`;
  if (!row) throw new Error('The task is gone.');
  return row;
}

async function newTask(isHeld: boolean): Promise<Place> {
  const executionId = await harness.runtime.startWorkflow('Withdrawable', { tenant });
  await harness.untilStatus(executionId, 'waiting');
  const [row] = await harness.sql<{ task_id: string }[]>`
    SELECT task_id FROM workflow_tasks WHERE execution_id = ${executionId}`;
  const place = { executionId, taskId: row?.task_id ?? '' };
  if (isHeld) await claimTask(deps, { ...mia, taskId: place.taskId });
  return place;
}

/** What became of it, for each of the two and for the task. */
async function storyOf({ taskId }: Place, results: readonly PromiseSettledResult<unknown>[]) {
  const told = results.map((result) => (result.status === 'rejected' ? wordsOf(result.reason) : 'won'));
  return { ...(await rowOf(taskId)), told };
}

/** Every refusal says who or what was first, and what can be done now. */
function wordsOf(error: unknown): string {
  if (error instanceof TooLate) return 'too late';
  if (!(error instanceof BatonError)) throw error;
  expect(['task_conflict', 'task_forbidden', 'invalid_input']).toContain(error.code);
  const words = error.message.replace(/ on \d+ \w+ \d{4}, \d\d:\d\d UTC/, '');
  expect(words).toMatch(
    /Mia Rossi|Max Braun|Omar Haddad|Alice Meyer|You|its workflow has ended|expired|Nobody holds|Nobody has it/,
  );
  return words;
}

const settle = async (deed: Promise<unknown>): Promise<PromiseSettledResult<unknown>> =>
  (await Promise.allSettled([deed]))[0];

/**
 * Both at once: nobody gets at the task's row until each has been refused already, or stands before it.
 */
async function together(place: Place, [one, other]: readonly [Deed, Deed]) {
  const { sql } = harness;
  let settled = 0;
  const holder = await sql.reserve();
  await holder`BEGIN`;
  await holder`SELECT FROM workflow_tasks WHERE task_id = ${place.taskId} FOR UPDATE`;
  const run = async (deed: Promise<unknown>) => {
    const result = await settle(deed);
    settled += 1;
    return result;
  };
  const running = [run(deeds[one](mia, place)), run(deeds[other](max, place))];
  const waiting = async () => {
    const [row] = await sql<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row?.count ?? 0;
  };
  await until(async () => settled + (await waiting()) >= 2, 'both are at the task');
  await holder`COMMIT`;
  holder.release();
  return storyOf(place, await Promise.all(running));
}

async function inTurn(place: Place, [one, other]: readonly [Deed, Deed], isReversed: boolean) {
  const first = () => settle(deeds[one](mia, place));
  const second = () => settle(deeds[other](max, place));
  if (!isReversed) return storyOf(place, [await first(), await second()]);
  const late = await second();
  return storyOf(place, [await first(), late]);
}

const pairs = names
  .flatMap((one, at) => names.slice(at).map((other): readonly [Deed, Deed] => [one, other]))
  .filter((pair) => !pair.every((deed) => ofNobody.includes(deed)))
  // What only the holder can do is Mia's.
  .map(([one, other]): readonly [Deed, Deed] =>
    ofHolder.includes(other) && !ofHolder.includes(one) ? [other, one] : [one, other],
  );

describe('two on one task', () => {
  it('are tried in every pair of what can be done to it', () => {
    expect(pairs.length).toBe(42);
  });

  it.each(pairs)('%s and %s come out as if one had been first, and the other is told', async (one, other) => {
    const pair = [one, other] as const;
    const isHeld = ofHolder.includes(one);
    const place = await newTask(isHeld);
    const story = await together(place, pair);
    const surprised = story.told.findIndex((words) => words.includes('changed at the same moment'));
    if (surprised >= 0) {
      // Told to look again, although it would be possible after the other: then nothing of it happened.
      const only = await newTask(isHeld);
      const [doer, as] = surprised === 0 ? ([other, max] as const) : ([one, mia] as const);
      const { told, ...row } = await storyOf(only, [await settle(deeds[doer](as, only))]);
      expect(story).toEqual({ ...row, told: surprised === 0 ? [story.told[0], ...told] : [...told, story.told[1]] });
    } else {
      const inOrder = await inTurn(await newTask(isHeld), pair, false);
      expect([inOrder, await inTurn(await newTask(isHeld), pair, true)]).toContainEqual(story);
    }
    const won = story.told.filter((words) => words === 'won').length;
    // Whatever ends a task, ends it once, and tells its workflow once.
    if (ends.includes(one) && ends.includes(other)) expect(won).toBe(1);
    else expect(won).toBeGreaterThanOrEqual(1);
    const told = await harness.sql`
      SELECT 1 FROM workflow_events WHERE execution_id = ${place.executionId} AND kind IN ('task_ended', 'task_expired')`;
    expect(told.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['claim', 'claim'],
    ['claim', 'complete'],
    ['claim', 'decline'],
    ['complete', 'complete'],
    ['complete', 'decline'],
    ['decline', 'decline'],
    ['complete', 'cancel'],
    ['decline', 'cancel'],
    ['delegate', 'claim'],
    ['delegate', 'complete'],
    ['delegate', 'decline'],
    ['delegate', 'delegate'],
  ] as const)('of %s and %s exactly one wins', async (one, other) => {
    const { told } = await together(await newTask(ofHolder.includes(one)), [one, other]);
    expect(told.filter((words) => words === 'won')).toHaveLength(1);
    expect(told.filter((words) => /Nothing is left|Ask them|too late/.test(words))).toHaveLength(1);
  });
});
