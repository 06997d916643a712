/** What happens to executions that have to do with others, and what must come of it. */
import type { HistoryEntry } from '../../model/history';
import type { Dice } from './dice';
import type { Helper, Hire } from './lifeWorkflows';
import { completed, payloadN, received, sometime, type Draft, type EndOfRun } from './scenario';

export const lifeDrafts = {
  family: (dice: Dice): Draft => {
    const children = Array.from({ length: dice.between(1, 4) }, (): Hire => ({
      does: dice.pick(['work', 'fail', 'sleep', 'wait', 'relay']),
      ms: dice.between(0, 20) * 100,
      policy: dice.pick(['terminate', 'cancel', 'abandon']),
      isAwaited: dice.chance(0.6),
    }));
    const told = (history: readonly HistoryEntry[]) => toldOf(children, history);
    return { data: { children: children.map((child) => ({ ...child })) }, events: [], expected: completed(told) };
  },
  relay: (dice: Dice): Draft => {
    const total = dice.between(2, 9);
    const atOnce = dice.chance(0.5) ? sometime(dice, 2_000) : null;
    const events = Array.from({ length: total }, (_, index) => {
      return { afterMs: atOnce ?? sometime(dice, 4_000), name: 'Item', payload: { n: `${index}` } };
    });
    const expected = { ...completed(() => null), judge: judgeRelay };
    return { data: { seen: [], total, perRun: dice.between(1, 3) }, events, expected };
  },
  counter: (dice: Dice): Draft => {
    const atMs = dice.between(0, 3_000);
    const starts = Array.from({ length: dice.between(2, 8) }, (_, index) => {
      const afterMs = dice.chance(0.6) ? atMs + dice.between(0, 60) : sometime(dice, 4_000);
      return { afterMs, payload: { n: `${index}` } };
    });
    const data = { most: dice.between(1, 4), patienceMs: dice.between(1, 6) * 100 };
    return { data, events: [], starts, expected: { ...completed(() => null), judge: judgeCounter } };
  },
  scopes: (dice: Dice): Draft => {
    const sleepsMs = Array.from({ length: dice.between(1, 3) }, () => dice.between(1, 15) * 100);
    const events = Array.from({ length: sleepsMs.length + 1 }, (_, index) => {
      return { afterMs: sometime(dice, 3_000), name: 'A', payload: { n: `${index}` } };
    });
    return { data: { sleepsMs }, events, expected: completed((history) => scoped(history, sleepsMs.length)) };
  },
  deadline: (dice: Dice): Draft => {
    const ms = dice.between(1, 30) * 100;
    const events = Array.from({ length: dice.between(1, 6) }, (_, index) => {
      const afterMs = dice.chance(0.3) ? Math.max(0, ms + dice.between(-60, 60)) : sometime(dice, 4_000);
      return { afterMs, name: 'Item', payload: { n: `${index}` } };
    });
    return { data: { ms }, events, expected: completed(seenInTime) };
  },
  household: (dice: Dice): Draft => {
    const helpers = Array.from({ length: dice.between(1, 3) }, (): Helper => ({ ms: sometime(dice, 1_500) }));
    const told = (history: readonly HistoryEntry[]) => helpers.map((_, index) => lastToldOf(index, history));
    const data = { helpers: helpers.map((each) => ({ ...each })) };
    return { data, events: [], isRetried: true, expected: completed(told) };
  },
  mended: (): Draft => ({ data: {}, events: [], isRetried: true, expected: completed(() => 'mended') }),
};

/** What came before the time was over. While an item is booked nobody looks at the time, and what came has priority. */
function seenInTime(history: readonly HistoryEntry[]): string[] {
  const seen: string[] = [];
  const mail: string[] = [];
  let [isBooking, isOver] = [false, false];
  for (const entry of history) {
    if (entry.kind === 'execution_started') continue;
    if (entry.kind === 'event_received') mail.push(payloadN(entry.body));
    if (entry.kind === 'action_completed') isBooking = false;
    if (entry.kind === 'timer_fired') isOver = true;
    for (let item = mail[0]; item !== undefined && !isBooking; item = mail[0]) {
      seen.push(item);
      mail.shift();
      isBooking = seen.length % 2 === 0;
    }
    if (isOver && !isBooking) return seen;
  }
  return seen;
}

/** What the log holds of the ends of the children that the code waited for. */
function toldOf(hires: readonly Hire[], history: readonly HistoryEntry[]): string[] {
  return hires.flatMap(({ isAwaited }, index) => {
    if (!isAwaited) return [];
    const commandId = `startChild#${index + 1}`;
    const end = history.find((entry) => entry.kind === 'child_ended' && entry.body.commandId === commandId);
    if (end?.kind !== 'child_ended') return ['not told'];
    return end.body.status === 'completed' ? (end.body.result as string) : end.body.status;
  });
}

/** How a child ended that may have failed and been tried again before: nobody ends well who has failed for good. */
function lastToldOf(index: number, history: readonly HistoryEntry[]): string {
  const commandId = `startChild#${index + 1}`;
  const ends = history.filter((entry) => entry.kind === 'child_ended' && entry.body.commandId === commandId);
  const end = ends.find((entry) => entry.kind === 'child_ended' && entry.body.status !== 'failed') ?? ends[0];
  if (end?.kind !== 'child_ended') return 'not told';
  return end.body.status === 'completed' ? (end.body.result as string) : end.body.status;
}

/** All items, in the order in which they arrived, whichever run they arrived in; a fork is sent more than it takes. */
function judgeRelay({ result, history: [first], runs = [] }: EndOfRun): string[] {
  const total = first?.kind === 'execution_started' ? (first.body.initialData.total as number) : 0;
  const arrived = runs.flatMap(({ history, carried }) => received(history.slice(1 + carried)).map(payloadN));
  const [expected, actual] = [JSON.stringify(arrived.slice(0, total)), JSON.stringify(result)];
  return actual === expected ? [] : [`ended with ${actual}, and its runs received ${expected}`];
}

/** What came before its patience ended, wait by wait. */
function judgeCounter({ result, history }: EndOfRun): string[] {
  const seen: string[] = [];
  let mail: string[] = [];
  for (const entry of history) {
    if (entry.kind === 'event_received') mail.push(payloadN(entry.body));
    if (entry.kind === 'timer_fired' && entry.body.commandId === `waitFor#${seen.length + 1}`) break;
    // What it found when it began came together, too.
    seen.push(...mail);
    mail = [];
  }
  const [expected, actual] = [JSON.stringify(seen), JSON.stringify(result)];
  return actual === expected ? [] : [`ended with ${actual}, where its log allows ${expected} only`];
}

/** Each round ends by all steps of its first branch, or by its own timer, whichever the log holds first. */
function scoped(history: readonly HistoryEntry[], rounds: number): string[] {
  const results: string[] = [];
  const mail: string[] = [];
  let taken: string | null = null;
  for (const entry of history) {
    const branch = `race#${results.length + 1}`;
    if (entry.kind === 'event_received') mail.push(payloadN(entry.body));
    const isOver = entry.kind === 'timer_fired' && entry.body.commandId === `${branch}/1/sleep#1`;
    const isDone = entry.kind === 'action_completed' && entry.body.commandId === `${branch}/0/book#1`;
    if (isOver) results.push('slept');
    else if (isDone && taken !== null) results.push(taken);
    if (isOver || isDone) taken = null;
    if (results.length < rounds && entry.kind !== 'execution_started') taken ??= mail.shift() ?? null;
  }
  const [last] = mail;
  return last === undefined ? results : [...results, last];
}
