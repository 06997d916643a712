/** What happens to executions from outside, and what must come of it. */
import type { RecordedError } from '../../model/errors';
import type { HistoryEntry } from '../../model/history';
import type { JsonObject, JsonValue } from '../../model/json';
import type { ExecutionStatus } from '../../model/status';
import type { Dice } from './dice';
import { drawProgram } from '../random/generateProgram';
import { programScenario } from '../random/programScenario';
import type { PipelineStep, SimulatedWorkflow } from './workflows';

export interface SentEvent {
  /** Counted from the start of the execution. */
  readonly afterMs: number;
  readonly name: string;
  readonly payload: JsonObject;
}

/** An event of the bus. */
export interface AnnouncedEvent extends SentEvent {
  /** Whether the execution asks for what it holds. */
  readonly isFor: boolean;
}

export interface Scenario {
  readonly workflow: SimulatedWorkflow;
  readonly startAfterMs: number;
  readonly data: JsonObject;
  readonly events: readonly SentEvent[];
  readonly announced?: readonly AnnouncedEvent[];
  readonly expected: Expected;
}

export interface Expected {
  readonly status: ExecutionStatus;
  /** The one result that the log allows. */
  readonly result: (history: readonly HistoryEntry[]) => JsonValue;
  /** In place of the two above, where the status depends on the log too: one sentence for each thing that is wrong. */
  readonly judge?: (ended: EndOfRun) => readonly string[];
}

export interface EndOfRun {
  readonly status: ExecutionStatus;
  readonly result: JsonValue;
  readonly error: RecordedError | null;
  readonly history: readonly HistoryEntry[];
  /** What `book` wrote. */
  readonly booked: readonly string[];
}

type Draft = Omit<Scenario, 'workflow' | 'startAfterMs'>;

const completed = (result: Expected['result']): Expected => ({ status: 'completed', result });
const quiet = { data: {}, events: [] };

/** Workflows that any seed may draw. */
export type Drawn = Exclude<SimulatedWorkflow, 'instant'>;

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
  items: (dice) => {
    const total = dice.between(1, 8);
    const atOnce = dice.chance(0.5) ? sometime(dice, 2_000) : null;
    const events = Array.from({ length: total }, (_, index) => {
      return { afterMs: atOnce ?? sometime(dice, 4_000), name: 'Item', payload: { n: `${index}` } };
    });
    return { data: { total }, events, expected: completed((history) => received(history).map(payloadN)) };
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
  foreign: () => ({ ...quiet, expected: { status: 'blocked_on_code', result: () => null } }),
};

/** Events of the bus have runs of their own. */
const kinds = Object.keys(drafts).filter((kind) => kind !== 'payment') as [Drawn, ...Drawn[]];

export function drawScenarios(dice: Dice, count: number, only?: Drawn): Scenario[] {
  return Array.from({ length: count }, () => {
    const workflow = only ?? dice.pick(kinds);
    return { workflow, startAfterMs: sometime(dice, 6_000), ...drafts[workflow](dice) };
  });
}

/** Often at once, else within the bound. */
function sometime(dice: Dice, boundMs: number): number {
  return dice.chance(0.3) ? dice.between(0, 30) : dice.between(0, boundMs);
}

function received(history: readonly HistoryEntry[]) {
  return history.flatMap((entry) => (entry.kind === 'event_received' ? [entry.body] : []));
}

const payloadN = ({ event }: { event: { payload: unknown } }): string => (event.payload as { n: string }).n;

/** The task's own time against people: what the log holds first. An expired task is followed by one without a time. */
function reviewed(history: readonly HistoryEntry[]): string | null {
  const ends = history.flatMap((entry): { status: string; outcome: string | null }[] => {
    if (entry.kind === 'task_ended') return [{ status: entry.body.status, outcome: entry.body.outcome }];
    return entry.kind === 'timer_fired' ? [{ status: 'expired', outcome: null }] : [];
  });
  const last = ends.at(-1);
  return ends[0] && last ? `${ends[0].status} ${last.outcome}` : null;
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
