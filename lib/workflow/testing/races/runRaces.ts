/** Runs race shapes on real worker processes, some executions at a time, with one misfortune for each of these groups. */
import { beginAttack, disturb } from '../processes/attack';
import { attackViolations } from '../processes/attackOracle';
import { untilEnded } from '../processes/oracle';
import type { Site } from '../processes/openSite';
import { Dice } from '../simulation/dice';
import type { Shape } from './shapes';

export interface RaceCounts {
  readonly shape: string;
  readonly runs: number;
  /** Sent by the test itself. */
  readonly signals: number;
  readonly kills: number;
  readonly ms: number;
  readonly violations: readonly string[];
}

const groupSize = 10;

export async function runRaces(site: Site, shape: Shape, runs: number, seed: string): Promise<RaceCounts> {
  const startedAt = performance.now();
  const dice = new Dice(`${seed}:${shape.name}`);
  const killsBefore = site.cluster.kills;
  const violations: string[] = [];
  let signals = 0;
  for (let done = 0; done < runs; done += groupSize) {
    const group = Array.from({ length: Math.min(groupSize, runs - done) }, () => ({
      title: shape.name,
      definition: shape.definition,
      data: shape.data,
      events: shape.events(dice),
      judge: shape.judge,
    }));
    signals += group.reduce((sum, { events }) => sum + events.length, 0);
    const [executions] = await Promise.all([
      Promise.all(group.map((attack) => beginAttack(site, attack))),
      disturb(site, dice),
    ]);
    await untilEnded(site.sql, executions);
    violations.push(...(await attackViolations(site.sql, executions)));
    await site.cluster.settled();
  }
  const ms = performance.now() - startedAt;
  return { shape: shape.name, runs, signals, kills: site.cluster.kills - killsBefore, ms, violations };
}
