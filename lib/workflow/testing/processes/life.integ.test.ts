/** Decisions, retries, children, continuations, jobs and actions at most once, while workers are killed and frozen. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { systemForms, systemTaskDefinitions } from '@/workflows';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { until } from '../harness';
import type { KillPoint } from './killPoints';
import { LifeWave } from './lifeWave';
import { createSite, patienceMs, type Site } from './site';

const transports: readonly (readonly ['BullMQ' | 'polled rows', readonly KillPoint[]])[] = [
  ['BullMQ', ['insideTake', 'insideRun', 'beforeAction', 'afterAction', 'insideFlush', 'afterLoad']],
  ['polled rows', ['afterAction']],
];

describe.skipIf(!hasTestRedis()).each(transports)('lives of executions, with jobs over %s,', (jobs, points) => {
  let site: Site;
  const counts = { kills: 0, executions: 0, questions: 0, violations: 0 };

  beforeAll(async () => {
    site = await createSite({ settings: { jobs }, answersTasks: false });
    await publishSystemDefinitions(
      { definitions: createTaskDefinitionStore({ sql: site.sql }) },
      { forms: systemForms, taskDefinitions: systemTaskDefinitions },
    );
  }, patienceMs);
  afterAll(async () => {
    counts.kills = site.cluster.kills;
    await site.close();
    process.stdout.write(`lives, jobs over ${jobs}: ${JSON.stringify(counts)}\n`);
  }, patienceMs);

  it.each(points)('end as without when their workers are killed: %s', { timeout: patienceMs }, async (point) => {
    await site.cluster.aim(point, 'kill');
    const wave = await LifeWave.start(site);
    await wave.untilEnded();
    site.cluster.disarm();
    await site.cluster.settled();
    await judge(wave);
  });

  it('end as without when a worker stands still for longer than its lease', { timeout: patienceMs }, async () => {
    const [victim] = site.cluster.workers;
    const waves = [await LifeWave.start(site)];
    victim?.signal('SIGSTOP');
    waves.push(await LifeWave.start(site));
    await Promise.all(waves.map((wave) => wave.untilEnded()));
    // It wakes up as somebody who owns nothing any more.
    await until(async () => {
      const [row] = await site.sql`
        SELECT fenced_at IS NOT NULL AS gone FROM workflow_workers WHERE worker_id = ${victim?.workerId ?? ''}`;
      return row?.gone === true;
    }, 'it is taken for lost');
    victim?.signal('SIGCONT');
    await victim?.ended;
    await site.cluster.settled();
    for (const wave of waves) await judge(wave);
  });

  async function judge(wave: LifeWave): Promise<void> {
    const found = await wave.violations();
    counts.executions += wave.size;
    counts.questions += wave.questions;
    counts.violations += found.length;
    expect(found, site.cluster.report()).toEqual([]);
  }
});
