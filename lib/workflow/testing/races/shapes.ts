/**
 * Seven shapes of executions that have corrupted logs of systems like this one, and what each must come to. Every shape
 * is a workflow, what is sent to it, and a judge that knows the one result its log allows.
 */
import type { HistoryEntry } from '../../model/history';
import type { JsonObject } from '../../model/json';
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';
import type { Dice } from '../simulation/dice';
import type { EndOfRun, SentEvent } from '../simulation/scenario';

export interface Shape {
  readonly name: string;
  /** What breaks where this goes wrong. */
  readonly attack: string;
  readonly definition: WorkflowDefinition;
  readonly data: JsonObject;
  readonly events: (dice: Dice) => readonly SentEvent[];
  /** One sentence for each thing that is wrong. */
  readonly judge: (ended: EndOfRun) => readonly string[];
}

interface Did {
  readonly what: string;
}
interface Hook {
  readonly n: string;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const kinds = ['charge', 'book', 'flaky', 'book'] as const;

async function doAll({ actions }: WorkflowContext, prefix: string, count: number): Promise<string[]> {
  const done = numbers(count).map((n) => actions[kinds[n % kinds.length] ?? 'book']?.({ what: `${prefix}${n}` }));
  return ((await Promise.all(done)) as Did[]).map(({ what }) => what);
}

const stormWidth = 40;
async function raceStepStorm(context: WorkflowContext): Promise<string[]> {
  return doAll(context, 'step ', stormWidth);
}

const hooks = 30;
async function raceHookStorm({ actions, events }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < hooks) {
    seen.push((await events.waitFor<Hook>('Hook')).payload.n);
    if (seen.length % 5 === 0) await actions.book?.({ what: `after ${seen.length}` });
  }
  return seen;
}

const naps = 12;
async function raceHookSleep({ actions, events, sleep }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  for (let round = 1; round <= naps; round += 1) {
    const hook = await Promise.race([events.waitFor<Hook>('Hook'), sleep(round * 5)]);
    if (hook) seen.push(hook.payload.n);
    if (round % 4 === 0) await actions.book?.({ what: `round ${round}` });
  }
  // Whatever a lost race did not take must still be there.
  while (seen.length < naps) seen.push((await events.waitFor<Hook>('Hook')).payload.n);
  return seen;
}

const wakes = 15;
async function raceWakeLoop({ actions, events, sleep }: WorkflowContext): Promise<number> {
  for (let round = 1; round <= wakes; round += 1) {
    // It signals itself, in the instant in which it begins to wait.
    await Promise.all([actions.poke?.({ name: `Poke ${round}` }), events.waitFor(`Poke ${round}`)]);
    await sleep(round % 3);
  }
  return wakes;
}

const ticks = 20;
async function raceSignalLoop({ events }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < ticks) seen.push((await events.waitFor<Hook>('Hook')).payload.n);
  return seen;
}

const steps = 12;
async function raceBlockedBranch({ actions, events, setState }: WorkflowContext): Promise<string[]> {
  const blocked = async () => {
    const { payload } = await events.waitFor<Hook>('Late');
    await actions.book?.({ what: 'unblocked' });
    return payload.n;
  };
  const busy = async () => {
    for (const n of numbers(steps)) {
      setState(`step ${n}`);
      await actions[kinds[n % kinds.length] ?? 'book']?.({ what: `busy ${n}` });
    }
    return 'busy';
  };
  return Promise.all([blocked(), busy(), blocked()]);
}

const waves = 3;
const waveWidth = 12;
async function raceStepFanout(context: WorkflowContext): Promise<string[]> {
  const { actions, data } = context;
  const all: string[] = [];
  for (const wave of numbers(waves)) {
    all.push(...(await doAll(context, `wave ${wave} step `, waveWidth)));
    data.set('joined', all.length);
    await actions.book?.({ what: `joined ${all.length}` });
  }
  return all;
}

const hookEvents = (count: number, withinMs: number) => (dice: Dice) =>
  numbers(count).map((n) => ({
    afterMs: dice.chance(0.4) ? dice.between(0, 5) : dice.between(0, withinMs),
    name: 'Hook',
    payload: { n: String(n) },
  }));
const noEvents = () => [];

function shape(
  name: string,
  attack: string,
  run: (context: WorkflowContext) => Promise<unknown>,
  events: Shape['events'],
  expected: (history: readonly HistoryEntry[]) => unknown,
): Shape {
  return {
    name,
    attack,
    definition: { name: run.name, version: '1', run },
    data: {},
    events,
    judge: ({ status, result, error, history }) => {
      if (status !== 'completed') return [`is ${status} in the end${error ? `: ${error.name}: ${error.message}` : ''}`];
      const [wanted, actual] = [JSON.stringify(expected(history)), JSON.stringify(result)];
      return wanted === actual ? [] : [`ended with ${actual}, where its log allows ${wanted} only`];
    },
  };
}

/** Events in the order of the log: none may be missing, none may come twice. */
const received = (name: string) => (history: readonly HistoryEntry[]) =>
  history.flatMap((entry) =>
    entry.kind === 'event_received' && entry.body.event.name === name ? [(entry.body.event.payload as Hook).n] : [],
  );

export const shapes: readonly Shape[] = [
  shape('step-storm', 'results of many steps at once', raceStepStorm, noEvents, () =>
    numbers(stormWidth).map((n) => `step ${n}`),
  ),
  shape('hook-storm', 'many signals at once', raceHookStorm, hookEvents(hooks, 400), received('Hook')),
  shape('hook-sleep', 'a signal and the end of a sleep', raceHookSleep, hookEvents(naps, 500), received('Hook')),
  shape('wake-loop', 'an execution that wakes itself', raceWakeLoop, noEvents, () => wakes),
  shape(
    'signal-loop',
    'signals without pause to one that waits again at once',
    raceSignalLoop,
    () => numbers(ticks).map((n) => ({ afterMs: n, name: 'Hook', payload: { n: String(n) } })),
    received('Hook'),
  ),
  shape(
    'blocked-branch',
    'a branch that waits while others go on',
    raceBlockedBranch,
    (dice) => numbers(2).map((n) => ({ afterMs: dice.between(0, 900), name: 'Late', payload: { n: String(n) } })),
    (history) => {
      const [first, second] = received('Late')(history);
      return [first, 'busy', second];
    },
  ),
  shape('step-fanout', 'fan-outs and joins over deaths', raceStepFanout, noEvents, () =>
    numbers(waves).flatMap((wave) => numbers(waveWidth).map((n) => `wave ${wave} step ${n}`)),
  ),
];
