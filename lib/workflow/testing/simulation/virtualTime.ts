/**
 * The one owner of all asynchrony in a simulation: nothing goes on unless a step of this queue lets it. After each step
 * every continuation that is ready runs to its end, so that the order of steps decides everything.
 */
import type { Drain } from '../../replay/sandbox';

/** Whose memory a step works on: steps of the dead never run, steps of the stalled run when the stall is over. */
export interface StepOwner {
  readonly name: string;
  readonly isAlive: boolean;
  readonly stalledUntilMs: number;
}

export interface Step {
  readonly owner: StepOwner | null;
  readonly label: string;
  readonly run: () => void;
  atMs: number;
  order: number;
  isCanceled: boolean;
}

export class VirtualTime {
  nowMs: number;
  readonly #drain: Drain;
  readonly #trace: string[] | null;
  readonly #queue: Step[] = [];
  #order = 0;
  #steps = 0;
  #hash = 0x811c9dc5;

  constructor(options: { readonly startMs: number; readonly drain: Drain; readonly keepTrace: boolean }) {
    this.nowMs = options.startMs;
    this.#drain = options.drain;
    this.#trace = options.keepTrace ? [] : null;
  }

  get steps(): number {
    return this.#steps;
  }

  /** A fingerprint of everything that happened, in order. */
  get traceHash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get trace(): readonly string[] {
    return this.#trace ?? [];
  }

  schedule(step: {
    readonly delayMs: number;
    readonly owner: StepOwner | null;
    readonly label: string;
    readonly run: () => void;
  }): Step {
    const { delayMs, owner, label, run } = step;
    const queued = { owner, label, run, atMs: this.nowMs + Math.max(0, Math.round(delayMs)), isCanceled: false };
    return this.#push({ ...queued, order: 0 });
  }

  /** Writes into the trace what a step brought about. */
  note(text: string): void {
    const line = `${this.nowMs} ${text}`;
    for (let i = 0; i < line.length; i += 1) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.#trace?.push(`${String((this.nowMs % 86_400_000) / 1000).padStart(9)}  ${text}`);
  }

  /** Runs steps until the condition holds or time is up. `afterStep` may stop, stall or wake owners. */
  async run(options: {
    readonly untilMs: number;
    readonly isDone: () => boolean;
    readonly afterStep: () => void;
  }): Promise<void> {
    while (!options.isDone()) {
      if ((this.#queue[0]?.atMs ?? Number.POSITIVE_INFINITY) > options.untilMs) return;
      const step = this.#pop();
      if (!step) return;
      if (step.isCanceled || step.owner?.isAlive === false) continue;
      this.nowMs = Math.max(this.nowMs, step.atMs);
      if (step.owner && step.owner.stalledUntilMs > this.nowMs) {
        this.#push({ ...step, atMs: step.owner.stalledUntilMs });
        continue;
      }
      this.#steps += 1;
      this.note(step.owner ? `${step.owner.name} ${step.label}` : step.label);
      await this.#drain([{ begin: step.run, end: () => undefined }]);
      options.afterStep();
    }
  }

  #push(step: Step): Step {
    this.#order += 1;
    step.order = this.#order;
    const queue = this.#queue;
    let at = queue.length;
    queue.push(step);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(step, queue[parent])) break;
      queue[at] = queue[parent];
      at = parent;
    }
    queue[at] = step;
    return step;
  }

  #pop(): Step | undefined {
    const queue = this.#queue;
    const first = queue[0];
    const last = queue.pop();
    if (!first || !last || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && before(queue[child + 1], queue[child])) child += 1;
      if (!before(queue[child], last)) break;
      queue[at] = queue[child];
      at = child;
    }
    queue[at] = last;
    return first;
  }
}

function before(a: Step | undefined, b: Step | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
