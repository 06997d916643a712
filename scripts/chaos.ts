/**
 * A bad day on real processes: `npm run chaos -- --minutes 5 --workers 3 --rate 200`. Workers and web servers are
 * killed and frozen, connections cut, Redis flushed and stopped, Postgres restarted, one after the other, under load.
 * Prints how long each takes to recover from. Builds the web first, unless it is built from these sources.
 */
import { runChaosDay } from './lib/chaosServers';
import { commandOptions, count, positive } from './lib/commandOptions';
import { endWith } from './lib/proofReport';

const values = commandOptions('npm run chaos -- [--minutes 1] [--workers 3] [--rate 200]', {
  minutes: positive(1),
  workers: count(3),
  /** Events per second: starts and signals. */
  rate: count(200),
});
const began = performance.now();
const report = await runChaosDay({
  durationMs: values.minutes * 60_000,
  workers: values.workers,
  rate: values.rate,
  web: 'Next',
});
for (const { deed, times, recoveryMs } of report.deeds) {
  const sorted = [...recoveryMs].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  console.log(
    `${deed.padEnd(32)}${String(times).padStart(5)} times   recovered after ${Math.round(median)} ms (median), ${Math.round(worst)} ms (worst)`,
  );
}
for (const violation of report.violations.slice(0, 20)) console.log(violation);
endWith({
  table: {
    runs: report.executions,
    events: report.events,
    viaWeb: report.viaWeb,
    kills: report.kills,
    webKills: report.webKills,
    misfortunes: report.deeds.reduce((sum, { times }) => sum + times, 0),
    seconds: (performance.now() - began) / 1000,
  },
  broken: report.violations,
});
