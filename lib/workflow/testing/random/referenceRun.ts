/**
 * What a program must come to, given what its log says arrived and when. A second reading of the same program, without
 * the engine: no replay, no mailbox, no promises. It believes inputs only (events, timers, ends of tasks) and their
 * order; of what the engine recorded it uses nothing but the ids of commands.
 */
import type { HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import {
  eventName,
  inBranch,
  inRound,
  labelOf,
  markOf,
  matchKey,
  outermost,
  type Place,
  type Program,
  type Step,
} from './program';

export interface ReferenceOutcome {
  readonly status: 'completed' | 'failed' | 'continued_as_new';
  readonly result: JsonValue;
  /** Message of the error that ends the program. */
  readonly error: string | null;
  /** What `book` must have written, once each. Branches that a thrown error left behind may have written more. */
  readonly booked: readonly string[];
}

/** The program cannot have come as far as it did with this log. */
class IncompleteLog extends Error {}
class Thrown extends Error {}

class GoesOn extends Error {}

export function referenceRun(program: Program, history: readonly HistoryEntry[]): ReferenceOutcome {
  const reference = new Reference(history);
  try {
    const result = reference.steps(program, outermost);
    return { status: 'completed', result, error: null, booked: reference.booked };
  } catch (error) {
    if (error instanceof GoesOn) {
      return { status: 'continued_as_new', result: null, error: null, booked: reference.booked };
    }
    if (!(error instanceof Thrown)) throw error;
    return { status: 'failed', result: null, error: error.message, booked: reference.booked };
  }
}

class Reference {
  readonly booked: string[] = [];
  readonly #consumed = new Set<number>();

  constructor(private readonly history: readonly HistoryEntry[]) {}

  steps(steps: Program, place: Place): JsonValue[] {
    return steps.map((step) => this.#step(step, place));
  }

  #step(step: Step, place: Place): JsonValue {
    const label = labelOf(step.id, place);
    switch (step.do) {
      case 'state':
      case 'data':
        return label;
      case 'act':
        if (step.action === 'book') this.booked.push(label);
        return step.action === 'refuse' ? `refused ${label}` : label;
      case 'wait': {
        const { wait } = this.#commandsOf(label);
        const names = step.names.map((name) => eventName(name, place));
        const event = this.#next(names, step.timeoutMs === null ? null : this.#firedAt([wait]));
        return event ?? ['late', ...this.steps(step.late, place)];
      }
      case 'sleep':
        return 'slept';
      case 'task':
        return this.#task(step, label);
      case 'race': {
        const sleeps = this.#commandsOf(label).sleeps.slice(0, step.sleepsMs.length);
        const names = step.names.map((name) => eventName(name, place));
        return this.#next(names, this.#firedAt(sleeps)) ?? 'slept';
      }
      case 'loop':
        return Array.from({ length: step.times }, (_, index) => this.steps(step.body, inRound(place, index + 1)));
      case 'parallel':
        return this.#parallel(step, place);
      case 'try':
        try {
          return ['done', ...this.steps(step.body, place)];
        } catch (error) {
          if (!(error instanceof Thrown)) throw error;
          return `caught ${error.message}`;
        }
      case 'child':
        return this.#child(step, label);
      case 'match':
        return this.#match(step, label);
      case 'scope':
        return this.steps(step.body, place);
      case 'duel':
        return this.#duel(step, label);
      case 'goOn':
        throw new GoesOn();
      case 'throw':
        throw new Thrown(`thrown by ${label}`);
    }
  }

  /** Of the branches at most one throws; then the others may have come to any place. */
  #parallel(step: Step & { do: 'parallel' }, place: Place): JsonValue {
    const results: JsonValue[] = [];
    const incomplete: unknown[] = [];
    const thrown: Thrown[] = [];
    const bookedBefore = this.booked.length;
    for (const branch of step.branches) {
      try {
        results.push(this.steps(branch, inBranch(place)));
      } catch (error) {
        if (error instanceof Thrown) thrown.push(error);
        else incomplete.push(error);
      }
    }
    if (thrown[0]) {
      this.booked.length = bookedBefore;
      throw thrown[0];
    }
    if (incomplete.length > 0) throw incomplete[0];
    return results;
  }

  /** What ends first: the task by people, by its own time, or the wait for it. */
  #task({ timeoutMs }: Step & { do: 'task' }, label: string): JsonValue {
    const created = this.history.find((entry) => entry.kind === 'task_created' && entry.body.title === label);
    if (created?.kind !== 'task_created') throw new IncompleteLog(`No task ${label} in the log.`);
    const { taskId, commandId } = created.body;
    const ended = this.history.find((entry) => entry.kind === 'task_ended' && entry.body.taskId === taskId);
    const endedSeq = ended?.seq ?? Number.POSITIVE_INFINITY;
    const expiredSeq = this.#firedAt([commandId]) ?? Number.POSITIVE_INFINITY;
    const { wait } = this.#commandsOf(label);
    const gaveUpSeq = (timeoutMs === null ? null : this.#firedAt([wait])) ?? Number.POSITIVE_INFINITY;
    const firstSeq = Math.min(endedSeq, expiredSeq, gaveUpSeq);
    if (firstSeq === Number.POSITIVE_INFINITY) throw new IncompleteLog(`Task ${label} does not end in the log.`);
    if (firstSeq === gaveUpSeq) return 'nobody';
    if (firstSeq === expiredSeq || ended?.kind !== 'task_ended') return 'expired undecided';
    return `${ended.body.status} ${ended.body.outcome ?? 'undecided'}`;
  }

  /** The end that the log tells of; one that came by itself must be what the child's program allows. */
  #child({ body }: Step & { do: 'child' }, label: string): JsonValue {
    const [started] = this.#recordsBehind(label);
    if (started?.kind !== 'child_started') throw new IncompleteLog(`No child ${label} in the log.`);
    const { commandId } = started.body;
    const ended = this.history.find((entry) => entry.kind === 'child_ended' && entry.body.commandId === commandId);
    if (ended?.kind !== 'child_ended') throw new IncompleteLog(`Child ${label} does not end in the log.`);
    const { status } = ended.body;
    if (status !== 'completed' && status !== 'failed') return status;
    const { result, error } = referenceRun(body, []);
    return error === null ? result : `failed ${error}`;
  }

  #match({ timeoutMs }: Step & { do: 'match' }, label: string): JsonValue {
    const [wait] = this.#recordsBehind(label);
    if (wait?.kind !== 'wait_started') throw new IncompleteLog(`No wait ${label} in the log.`);
    const first = this.history[0];
    const tag = first?.kind === 'execution_started' ? (first.body.initialData.tag as number) : 0;
    const key = matchKey(tag, label);
    const paid = this.history.find(
      (entry) => entry.kind === 'event_received' && (entry.body.event.payload as { key?: string }).key === key,
    );
    const timeUpSeq = timeoutMs === null ? null : this.#firedAt([wait.body.commandId]);
    if (timeUpSeq !== null && (paid === undefined || timeUpSeq < paid.seq)) return 'unpaid';
    if (paid?.kind !== 'event_received') throw new IncompleteLog(`No event for ${label} in the log.`);
    return (paid.body.event.payload as { n: string }).n;
  }

  /** The end of the last action against the sleep. What the loser wrote may be there or not. */
  #duel({ actions }: Step & { do: 'duel' }, label: string): JsonValue {
    const [sleep] = this.#recordsBehind(label);
    if (sleep?.kind !== 'sleep_started') throw new IncompleteLog(`No sleep ${label} in the log.`);
    const last = `${label} ${actions.length}`;
    const acted = this.history.find(
      (entry) => entry.kind === 'action_completed' && (entry.body.result as { what?: string } | null)?.what === last,
    );
    const sleptSeq = this.#firedAt([sleep.body.commandId]);
    if (sleptSeq !== null && (acted === undefined || sleptSeq < acted.seq)) return 'slept';
    if (acted === undefined) throw new IncompleteLog(`Nobody wins ${label} in the log.`);
    this.booked.push(...actions.flatMap((action, index) => (action === 'book' ? [`${label} ${index + 1}`] : [])));
    return 'acted';
  }

  #recordsBehind(label: string): readonly HistoryEntry[] {
    const mark = this.history.findIndex(
      (entry) => entry.kind === 'log_written' && entry.body.message === markOf(label),
    );
    return mark < 0 ? [] : this.history.slice(mark + 1);
  }

  /** The first event of these names that nobody had, unless the time ran out before it came. */
  #next(names: readonly string[], timeUpSeq: number | null): JsonValue | null {
    const entry = this.history.find(
      (each) => each.kind === 'event_received' && names.includes(each.body.event.name) && !this.#consumed.has(each.seq),
    );
    if (timeUpSeq !== null && (entry === undefined || timeUpSeq < entry.seq)) return null;
    if (entry?.kind !== 'event_received') throw new IncompleteLog(`No event ${names.join(' or ')} in the log.`);
    this.#consumed.add(entry.seq);
    return (entry.body.event.payload as { n: string }).n;
  }

  #firedAt(commandIds: readonly string[]): number | null {
    const fired = this.history.find((each) => each.kind === 'timer_fired' && commandIds.includes(each.body.commandId));
    return fired?.seq ?? null;
  }

  /** The wait and the sleeps that were recorded right after this label was logged. */
  #commandsOf(label: string): { readonly wait: string; readonly sleeps: readonly string[] } {
    const mark = this.history.findIndex(
      (entry) => entry.kind === 'log_written' && entry.body.message === markOf(label),
    );
    const wait = this.history[mark + 1];
    if (mark < 0 || wait?.kind !== 'wait_started') throw new IncompleteLog(`No wait ${label} in the log.`);
    const sleeps: string[] = [];
    for (const entry of this.history.slice(mark + 2)) {
      if (entry.kind !== 'sleep_started') break;
      sleeps.push(entry.body.commandId);
    }
    return { wait: wait.body.commandId, sleeps };
  }
}
