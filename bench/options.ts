import { parseArgs } from 'node:util';
import { parked, workloads, type Workload } from './protocol';

export interface BenchOptions {
  readonly workloads: readonly Workload[];
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

export const usage = `npm run bench -- [${workloads.join(' ')}] [${parked}] [--json] [--n 4000] [--rounds 3]
  ${parked}         100,000 executions parked at the same time and all woken, once; only when it is named
  --n            executions of each case
  --rounds       how often each case is repeated; floors and engine take turns, medians are reported
  --concurrency  calls that the client has under way (32)
  --samples      signals (W2), fan-outs (W3) and starts (W5) one at a time, for latency (200; W3 a fifth)
  --workers      worker processes of the engine (1)
  --no-redis     the engine without Redis
  --profile DIR  writes a CPU profile of each worker process of the engine into DIR
  --json         prints the lines of JSON alone`;

/** @throws Error with one sentence for what is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      n: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      concurrency: { type: 'string', default: '32' },
      samples: { type: 'string', default: '200' },
      workers: { type: 'string', default: '1' },
      'no-redis': { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  return {
    workloads: positionals.length === 0 ? workloads : positionals.map(workloadOf),
    json: values.json,
    n: values.n === undefined ? null : wholeNumber('n', values.n),
    rounds: wholeNumber('rounds', values.rounds),
    concurrency: wholeNumber('concurrency', values.concurrency),
    latencySamples: wholeNumber('samples', values.samples),
    workers: wholeNumber('workers', values.workers),
    redis: !values['no-redis'],
    profileDir: values.profile ?? null,
  };
}

function workloadOf(text: string): Workload {
  const known = [...workloads, parked] as const;
  const found = known.find((workload) => workload.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw new Error(`There is no workload ${text}; known: ${known.join(', ')}.`);
  return found;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} must be a whole number from 1 on, not "${text}".`);
  return Number(text);
}
