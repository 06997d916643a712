/** The scenarios that a seed may draw. */
import type { DecisionKind, HistoryEntry } from '../../model/history';
import type { Dice } from './dice';
import { completed, payloadN, received, sometime, type Draft, type Scenario, type SentDecision } from './scenario';
import { drawProgram } from '../random/generateProgram';
import { programScenario } from '../random/programScenario';
import { lifeDrafts } from './lifeScenarios';
import type { PipelineStep, SimulatedWorkflow, WatchedTask } from './workflows';

const quiet = { data: {}, events: [] };

/** Workflows that any seed may draw. */
export type Drawn = Exclude<SimulatedWorkflow, 'instant' | 'apprentice' | 'helper' | 'poison' | 'patient'>;

const drafts: Readonly<Record<Drawn, (dice: Dice) => Draft>> = {
  pipeline: (dice) => {
    const steps: PipelineStep[] = Array.from({ length: dice.between(1, 5) }, (_, index) => {
      return { action: dice.pick(['charge', 'book', 'flaky']), what: `step ${index}` };
    });
    const result = steps.map((step) => step.what);
    return { data: { steps: steps.map((step) => ({ ...step })) }, events: [], expected: completed(() => result) };
  },
  approval: (dice) => {
    const names = [
      'Submit',
      ...dice.pick<readonly string[]>([['Approve'], ['Reject'], ['Approve', 'Reject']]),
      'Other',
    ];
    const events = names.map((name) => ({ afterMs: sometime(dice, 4_000), name, payload: {} }));
    const decided = (history: readonly HistoryEntry[]) =>
      received(history).find(({ event }) => event.name === 'Approve' || event.name === 'Reject')?.event.name ?? null;
    return { data: {}, events, expected: completed(decided) };
  },
  timeoutRace: (dice) => {
    const timeoutMs = dice.between(1, 40) * 100;
    const afterMs = dice.chance(0.6) ? timeoutMs + dice.between(-60, 60) : sometime(dice, 6_000);
    const events = dice.chance(0.85) ? [{ afterMs: Math.max(0, afterMs), name: 'Go', payload: {} }] : [];
    const winner = (history: readonly HistoryEntry[]) => {
      const first = history.find((entry) => entry.kind === 'event_received' || entry.kind === 'timer_fired');
      return first?.kind === 'event_received' ? 'go' : 'late';
    };
    return { data: { timeoutMs }, events, expected: completed(winner) };
  },
  parallel: () => ({ ...quiet, expected: completed(() => ['a', 'b', 'c', 'refused d', 'e', 'f', 'g']) }),
  sleeper: (dice) => {
    const sleepsMs = [dice.between(0, 3_000), dice.chance(0.1) ? 15_000 : dice.between(0, 3_000)] as const;
    return { data: { sleepsMs }, events: [], expected: completed(() => sleepsMs[0] + sleepsMs[1]) };
  },
  review: (dice) => {
    const data = { expiresInMs: dice.between(2, 60) * 100, workBeforeWait: dice.between(0, 2) };
    return { data, events: [], expected: completed(reviewed) };
  },
  impatientReview: (dice) => {
    const outcome = (history: readonly HistoryEntry[]) => {
      const first = history.find((entry) => entry.kind === 'task_ended' || entry.kind === 'timer_fired');
      return first?.kind === 'task_ended' ? first.body.outcome : 'nobody';
    };
    return { data: { timeoutMs: dice.between(2, 60) * 100 }, events: [], expected: completed(outcome) };
  },
  watched: (dice) => {
    const times = (most: number) => Array.from({ length: dice.between(0, most) }, () => dice.between(1, 40) * 100);
    const task: WatchedTask = {
      remindersMs: times(2),
      escalationsMs: times(2),
      expiresInMs: dice.chance(0.8) ? dice.between(2, 50) * 100 : null,
      onExpiry: dice.pick(['expire', 'escalate', 'approve']),
    };
    const result = (history: readonly HistoryEntry[]) => watchedTo(task, history);
    return { data: { task: { ...task } }, events: [], expected: completed(result) };
  },
  items: (dice) => {
    const total = dice.between(1, 8);
    const atOnce = dice.chance(0.5) ? sometime(dice, 2_000) : null;
    const events = Array.from({ length: total }, (_, index) => {
      return { afterMs: atOnce ?? sometime(dice, 4_000), name: 'Item', payload: { n: `${index}` } };
    });
    // A fork is sent more than it takes.
    const taken = (history: readonly HistoryEntry[]) => received(history).map(payloadN).slice(0, total);
    return { data: { total }, events, expected: completed(taken) };
  },
  payment: (dice) => {
    const id = dice.between(1, 1_000_000);
    const rounds = dice.between(1, 3);
    const announced = [...Array.from({ length: rounds }, () => true), false].map((isFor, index) => {
      const payload = { n: `${index}`, invoice: { id: isFor ? id : -id } };
      return { afterMs: 1 + sometime(dice, 3_000), name: 'Paid', payload, isFor };
    });
    const result = (history: readonly HistoryEntry[]) => received(history).map(payloadN);
    return { data: { id, rounds }, events: [], announced, expected: completed(result) };
  },
  races: (dice) => {
    const sleepsMs = Array.from({ length: dice.between(1, 3) }, () => dice.between(1, 20) * 100);
    const events = Array.from({ length: sleepsMs.length + 1 }, (_, index) => {
      return { afterMs: sometime(dice, 4_000), name: 'A', payload: { n: `${index}` } };
    });
    return { data: { sleepsMs }, events, expected: completed((history) => raced(history, sleepsMs.length)) };
  },
  abandoned: () => ({ ...quiet, expected: completed(() => 'left') }),
  failing: () => ({ ...quiet, expected: { status: 'failed', result: () => null } }),
  forgetful: () => ({ ...quiet, expected: completed(() => 'done') }),
  program: (dice) => programScenario(drawProgram(dice), dice),
  changed: () => ({
    ...quiet,
    expected: completed((history) => (history.some(({ kind }) => kind === 'patch_marked') ? 'new' : 'old')),
  }),
  ...lifeDrafts,
  foreign: () => ({ ...quiet, expected: { status: 'blocked_on_code', result: () => null } }),
};

/** These have runs of their own: events of the bus, deadlines, children that are tried again, changes of code. */
const apart: readonly string[] = ['payment', 'deadline', 'household', 'changed'] satisfies Drawn[];
const kinds = Object.keys(drafts).filter((kind) => !apart.includes(kind)) as [Drawn, ...Drawn[]];

/** @param decided how many of them somebody decides about, of 1. */
export function drawScenarios(dice: Dice, count: number, only?: Drawn, decided = 0.15): Scenario[] {
  return Array.from({ length: count }, () => {
    const workflow = only ?? dice.pick(kinds);
    const scenario = { workflow, startAfterMs: sometime(dice, 6_000), ...drafts[workflow](dice) };
    return dice.chance(decided) ? { ...scenario, decisions: drawDecisions(dice, 4_000) } : scenario;
  });
}

/** At any moment; a pause comes with its end. */
export function drawDecisions(dice: Dice, boundMs: number): SentDecision[] {
  const one = (kind: DecisionKind) => [{ afterMs: sometime(dice, boundMs), kind }];
  const pause = () => {
    const afterMs = sometime(dice, boundMs);
    const resumedMs = afterMs + sometime(dice, 2_500);
    return [
      { afterMs, kind: 'execution_paused' as const },
      { afterMs: resumedMs, kind: 'execution_resumed' as const },
    ];
  };
  switch (dice.pick(['cancel', 'terminate', 'pause', 'pause', 'pauses', 'pause and cancel', 'pause and terminate'])) {
    case 'cancel':
      return one('cancel_requested');
    case 'terminate':
      return one('terminate_requested');
    case 'pauses':
      return [...pause(), ...pause()];
    case 'pause and cancel':
      return [...pause(), ...one('cancel_requested')];
    case 'pause and terminate':
      return [...pause(), ...one('terminate_requested')];
    default:
      return pause();
  }
}

/** The task's own time against people: what the log holds first. An expired task is followed by one without a time. */
function reviewed(history: readonly HistoryEntry[]): string | null {
  const ends = history.flatMap((entry): { status: string; outcome: string | null }[] => {
    if (entry.kind === 'task_ended') return [{ status: entry.body.status, outcome: entry.body.outcome }];
    return entry.kind === 'timer_fired' ? [{ status: 'expired', outcome: null }] : [];
  });
  const last = ends.at(-1);
  return ends[0] && last ? `${ends[0].status} ${last.outcome}` : null;
}

/** People against the time of the task, which ends it or not. */
function watchedTo({ onExpiry }: WatchedTask, history: readonly HistoryEntry[]): string | null {
  const created = history.find((entry) => entry.kind === 'task_created');
  const timer = created?.kind === 'task_created' ? created.body.commandId : null;
  for (const { kind, body } of history) {
    if (kind === 'task_ended') return `${body.status} ${body.outcome}`;
    if (kind === 'timer_fired' && body.commandId === timer) {
      return onExpiry === 'approve' ? 'completed approve' : 'expired null';
    }
  }
  return null;
}

/** Each round ends by the next event or its own timer, whichever the log holds first; events wait their turn. */
function raced(history: readonly HistoryEntry[], rounds: number): string[] {
  const results: string[] = [];
  const mail: string[] = [];
  const next = () => {
    while (mail.length > 0 && results.length <= rounds) results.push(mail.shift() ?? '');
  };
  for (const entry of history) {
    if (entry.kind === 'event_received') mail.push(payloadN(entry.body));
    if (entry.kind === 'timer_fired' && entry.body.commandId === `sleep#${results.length + 1}`) results.push('slept');
    next();
  }
  return results;
}
