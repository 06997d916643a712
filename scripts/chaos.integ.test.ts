import { describe, expect, it } from 'vitest';
import { canRunOwnRedis } from '../lib/redis/testing/ownRedisServer';
import { runChaosDay } from './lib/chaosServers';

const durationMs = 30_000;

describe.skipIf(!canRunOwnRedis)('a bad day', () => {
  it('ends like any other: nothing lost, nothing done twice, nothing stuck', async () => {
    // Tests come before the build; `npm run chaos` attacks Next itself.
    const web = 'route handlers';
    const { violations, deeds, ...counts } = await runChaosDay({ durationMs, workers: 3, rate: 200, web });
    const worstMs = Object.fromEntries(deeds.map((each) => [each.deed, Math.round(Math.max(...each.recoveryMs))]));
    process.stdout.write(`chaos ${JSON.stringify({ web, ...counts, worstMs, violations: violations.length })}\n`);
    expect(violations.slice(0, 20)).toEqual([]);
    expect(deeds.length).toBeGreaterThan(3);
  }, 480_000);
});
