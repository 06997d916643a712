// node summarize.mjs results.jsonl -> Markdown tables: median [min-max] over rounds, and ratios to the limits measured in the same round.
import fs from 'node:fs';
const rows = fs
  .readFileSync(process.argv[2], 'utf8')
  .trim()
  .split('\n')
  .flatMap((l) => {
    try {
      return [JSON.parse(l)];
    } catch {
      return [];
    }
  });
const lim = new Map(rows.filter((r) => r.what === 'limits').map((r) => [r.round, r]));
const med = (a) => {
  const s = a.filter((x) => (x ?? null) !== null && !Number.isNaN(x)).sort((x, y) => x - y);
  return s.length ? s[Math.floor(s.length / 2)] : null;
};
const f = (x) =>
  (x ?? null) === null
    ? '-'
    : Math.abs(x) >= 100
      ? Math.round(x).toString()
      : Math.abs(x) >= 10
        ? x.toFixed(1)
        : x.toFixed(2);
const mm = (a) => {
  a = a.filter((x) => (x ?? null) !== null);
  return a.length ? `${f(med(a))} [${f(Math.min(...a))}-${f(Math.max(...a))}]` : '-';
};
const peers = [...new Set(rows.filter((r) => r.peer).map((r) => r.peer))],
  get = (p, w) => rows.filter((r) => r.peer === p && r.wl === w && !r.error);
const errs = rows.filter((r) => r.error);
console.log('## Limits');
const keys = [...new Set([...lim.values()].flatMap((l) => Object.keys(l)))].filter(
  (k) => !['round', 'q', 'what', 'load'].includes(k),
);
for (const k of keys) {
  const v = [...lim.values()].map((l) => (typeof l[k] === 'object' ? l[k]?.p50 : l[k]));
  console.log(
    `| ${k}${typeof [...lim.values()][0][k] === 'object' ? ' p50 (p99 ' + f(med([...lim.values()].map((l) => l[k].p99))) + ')' : ''} | ${mm(v)} |`,
  );
}
const L = (r, k) => lim.get(r.round)?.[k];
console.log(
  '\n## W1\n| peer | wf/s | submit/s | done p50 ms | CPU ms/wf (worker+driver+server+pg) | stmts/wf | commits/wf | WAL B/wf | DB B/wf | wf/s x6 / commits c32 | wf/s / floor |',
);
for (const p of peers) {
  const a = get(p, 'W1');
  if (!a.length) continue;
  const fl = new Map(get('floor', 'W1').map((r) => [r.round, r.wf_per_s]));
  console.log(
    `| ${p} | ${mm(a.map((r) => r.wf_per_s))} | ${f(med(a.map((r) => r.submit_per_s)))} | ${f(med(a.map((r) => r.latency_ms.p50)))} | ${mm(a.map((r) => r.cpu_ms_per_wf))} (w ${f(med(a.map((r) => (r.cpu_s.worker * 1000) / r.n)))} d ${f(med(a.map((r) => (r.cpu_s.driver * 1000) / r.n)))} s ${f(med(a.map((r) => (r.cpu_s.server * 1000) / r.n)))} pg ${f(med(a.map((r) => (r.cpu_s.postgres * 1000) / r.n)))}) | ${f(med(a.map((r) => r.pg_per_wf?.stmts)))} | ${f(med(a.map((r) => r.pg_per_wf?.commits)))} | ${f(med(a.map((r) => r.pg_per_wf?.wal_bytes)))} | ${f(med(a.map((r) => r.pg_per_wf?.db_bytes)))} | ${mm(a.map((r) => (r.wf_per_s * 6) / L(r, 'pg_commits_s_c32')))} | ${mm(a.map((r) => r.wf_per_s / fl.get(r.round)))} |`,
  );
}
console.log(
  '\n## W2\n| peer | start->waiting/s | resume/s | signals accepted/s | signal->done p50 ms (p99) | start: stmts / commits / WAL | resume: stmts / commits / WAL | CPU ms/resume | idle CPU % worker/server/pg |',
);
for (const p of peers) {
  const a = get(p, 'W2');
  if (!a.length) continue;
  console.log(
    `| ${p} | ${mm(a.map((r) => r.start_per_s))} | ${mm(a.map((r) => r.resume_per_s))} | ${f(med(a.map((r) => r.signal_per_s)))} | ${mm(a.map((r) => r.signal_to_done_ms?.p50))} (${f(med(a.map((r) => r.signal_to_done_ms?.p99)))}) | ${['stmts', 'commits', 'wal_bytes'].map((k) => f(med(a.map((r) => r.pg_per_wf_start?.[k])))).join(' / ')} | ${['stmts', 'commits', 'wal_bytes'].map((k) => f(med(a.map((r) => r.pg_per_wf_resume?.[k])))).join(' / ')} | ${f(med(a.map((r) => ((r.cpu_s.worker + r.cpu_s.driver + r.cpu_s.server + r.cpu_s.postgres) * 1000) / r.n)))} | ${['worker', 'server', 'postgres'].map((k) => f(100 * med(a.map((r) => r.idle_cpu_per_s[k])))).join('/')} |`,
  );
}
console.log('\n## W3\n| peer | steps/s | ms per fan-out of 100 p50 (p99) | stmts/step | commits/step |');
for (const p of peers) {
  const a = get(p, 'W3');
  if (!a.length) continue;
  console.log(
    `| ${p} | ${mm(a.map((r) => r.steps_per_s))} | ${mm(a.map((r) => r.per_fanout_ms.p50))} (${f(med(a.map((r) => r.per_fanout_ms.p99)))}) | ${f(med(a.map((r) => r.pg_per_step?.stmts)))} | ${f(med(a.map((r) => r.pg_per_step?.commits)))} |`,
  );
}
console.log(
  '\n## W4\n| peer | rounds done | ms/round first 100 | last 100 | growth | CPU ms/round first | last | growth | stmts first | last |',
);
for (const p of peers) {
  const a = get(p, 'W4');
  if (!a.length) continue;
  console.log(
    `| ${p} | ${a.map((r) => r.rounds_done).join(',')} | ${mm(a.map((r) => r.first100?.mean_ms))} | ${mm(a.map((r) => r.last100?.mean_ms))} | ${mm(a.map((r) => r.growth_ms))} | ${mm(a.map((r) => r.first100?.cpu_ms_per_round))} | ${mm(a.map((r) => r.last100?.cpu_ms_per_round))} | ${mm(a.map((r) => r.growth_cpu))} | ${f(a[0].first100?.stmts)} | ${f(a[0].last100?.stmts)} |`,
  );
}
console.log('\n## W5\n| peer | start->step p50 ms | p99 |');
for (const p of peers) {
  const a = get(p, 'W5');
  if (!a.length) continue;
  console.log(`| ${p} | ${mm(a.map((r) => r.start_to_step_ms.p50))} | ${mm(a.map((r) => r.start_to_step_ms.p99))} |`);
}
if (errs.length) {
  console.log('\n## Errors');
  for (const e of errs) console.log(`- round ${e.round} ${e.peer} ${e.wl}: ${e.error.slice(0, 200)}`);
}
const oth = rows.filter((r) => r.cpu_s?.wall > 0.2).map((r) => (r.cpu_s.others / r.cpu_s.wall / 2) * 100);
console.log(
  `\nOther processes' CPU share during cases: median ${f(med(oth))} %, max ${f(Math.max(...oth))} % of both cores`,
);
