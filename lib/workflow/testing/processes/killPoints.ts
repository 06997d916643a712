/**
 * Places in the work of a worker at which tests end or freeze its process. The product knows none of them: they are
 * put around its ports by `wrapPorts.ts`.
 */
export const killPoints = [
  // Taking entries from the inbox.
  'beforeTake',
  'insideTake',
  'afterTake',
  // Running the code.
  'insideRun',
  'insideTaskPreparation',
  // Acting.
  'beforeAction',
  'insideAction',
  'afterAction',
  'insideTransaction',
  'beforeCommit',
  'insideCommit',
  'afterCommit',
  // Writing what happened.
  'beforeFlush',
  'insideFlush',
  'afterFlush',
  // The commit that creates a task and what waits for it.
  'beforeTaskFlush',
  'insideTaskFlush',
  'afterTaskFlush',
  // Acknowledging hints.
  'beforeAcknowledge',
  'insideAcknowledge',
  'afterAcknowledge',
  // Taking over what another worker left.
  'afterAcquire',
  'beforeLoad',
  'afterLoad',
] as const;

export type KillPoint = (typeof killPoints)[number];

/** What happens to the process: SIGKILL, or SIGSTOP until somebody sends SIGCONT. */
export type Fate = 'kill' | 'stop';

export interface ArmedPoint {
  readonly point: KillPoint;
  /** The how-manieth time, from 1. */
  readonly occurrence: number;
  readonly fate: Fate;
}

export interface PointWatch {
  /** Call it at the point. Nothing after the call happens in a process that was to be killed there. */
  hit(point: KillPoint): void;
  /** Call it with a statement on its way to the server and no answer yet. */
  hitInside(point: KillPoint): Promise<void>;
}

/** Ends or freezes this very process at the armed point; at most one is armed at a time. */
export class ProcessPointWatch implements PointWatch {
  #armed: { readonly point: KillPoint; readonly fate: Fate; remaining: number } | null = null;

  arm({ point, occurrence, fate }: ArmedPoint): void {
    this.#armed = { point, fate, remaining: occurrence };
  }

  disarm(): void {
    this.#armed = null;
  }

  hit(point: KillPoint): void {
    const armed = this.#armed;
    if (armed?.point !== point) return;
    armed.remaining -= 1;
    if (armed.remaining > 0) return;
    this.#armed = null;
    process.kill(process.pid, armed.fate === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    // The signal may be delivered to another thread first: this one must not get any further.
    if (armed.fate === 'kill') for (;;);
  }

  async hitInside(point: KillPoint): Promise<void> {
    if (this.#armed?.point !== point) return;
    // From not yet sent to answered: each moment has its turn.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    this.hit(point);
  }
}
