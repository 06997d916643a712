import { count, flag, parseOptions as parse, text, UsageError } from '../scripts/lib/commandOptions';
import { parked, workloads, type Workload } from './protocol';

export interface BenchOptions {
  readonly workloads: readonly Workload[];
  /** Whether the inbox is read with many tasks in it. */
  readonly inbox: boolean;
  /** Whether Lighthouse looks at the pages, and as which device. */
  readonly pages: boolean;
  readonly device: 'phone' | 'desktop';
  readonly json: boolean;
  /** Executions of each case; null: what the workload is made for. */
  readonly n: number | null;
  readonly rounds: number;
  readonly concurrency: number;
  readonly latencySamples: number;
  readonly workers: number;
  readonly redis: boolean;
  readonly profileDir: string | null;
}

export const usage = `npm run bench -- [${workloads.join(' ')}] [${parked}] [inbox] [pages] [--json] [--n 10000] [--rounds 3]
  ${parked}         100,000 executions parked at the same time and all woken, once; only when it is named
  inbox          each view and filter of the inbox with 100,000 tasks in a tenant; only when it is named
  pages          every page of substance by Lighthouse, on a product of its own; only when it is named
  --n            executions of each case; tasks of the inbox
  --rounds       how often each case is repeated; floors and engine take turns, medians are reported
  --concurrency  calls that the client has under way (32)
  --samples      signals (W2), fan-outs (W3) and starts (W5) one at a time, for latency (200; W3 a fifth)
  --workers      worker processes of the engine (1)
  --no-redis     the engine without Redis
  --profile DIR  writes a CPU profile of each worker process of the engine into DIR
  --desktop      pages as on a desk; else as on a phone with a slow connection
  --json         prints the lines of JSON alone`;

/** @throws UsageError with one sentence for what is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const options = {
    json: flag,
    n: count(null),
    rounds: count(3),
    concurrency: count(32),
    samples: count(200),
    workers: count(1),
    'no-redis': flag,
    profile: text,
    desktop: flag,
  };
  const { values, words } = parse(args, options, { words: true });
  const names = words.map((name) => name.toLowerCase());
  const others = ['inbox', 'pages'];
  return {
    workloads:
      words.length === 0 ? workloads : words.filter((name) => !others.includes(name.toLowerCase())).map(workloadOf),
    inbox: names.includes('inbox'),
    pages: names.includes('pages'),
    device: values.desktop ? 'desktop' : 'phone',
    json: values.json,
    n: values.n,
    rounds: values.rounds,
    concurrency: values.concurrency,
    latencySamples: values.samples,
    workers: values.workers,
    redis: !values['no-redis'],
    profileDir: values.profile ?? null,
  };
}

function workloadOf(name: string): Workload {
  const known = [...workloads, parked] as const;
  const found = known.find((workload) => workload.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw new UsageError(`There is no workload ${name}; known: ${known.join(', ')}, inbox, pages.`);
  return found;
}
