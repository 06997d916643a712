/** Starts an execution, or finds the one that holds its key, whatever happens to that one meanwhile. */
import type { StartOutcome } from '../persistence/startExecutions';
import { WorkflowKeyTakenError, WorkflowNotFoundError } from '../model/errors';

/** Each call is one statement; others may come between any two of them. */
export interface KeyedStartPorts {
  /** Starts it, with its signal, unless somebody holds its key. */
  insert(): Promise<StartOutcome>;
  /** The execution that holds the key now. */
  findHolder(): Promise<string | null>;
  /** Sends the signal; false when the receiver has ended. */
  signal(holder: string): Promise<boolean>;
}

/** A holder of the key may end while it is looked for, and the next one too. */
const maxTries = 20;

/**
 * Answers with the execution that was started, or with the one that holds the key.
 * @throws WorkflowNotFoundError, WorkflowKeyTakenError
 */
export async function startOrFindBy(
  ports: KeyedStartPorts,
  start: {
    /** Of the execution that is to be started. */
    readonly executionId: string;
    readonly workflow: string;
    readonly key: string | null;
    /** Whether the holder is to get a signal. */
    readonly signals: boolean;
    readonly onConflict?: 'return' | 'fail' | undefined;
  },
): Promise<{ readonly executionId: string; readonly started: boolean }> {
  const { executionId, workflow, key, signals, onConflict } = start;
  for (let tries = 1; ; tries += 1) {
    const outcome = await ports.insert();
    if (outcome === 'unknown_workflow') throw new WorkflowNotFoundError(workflow);
    if (outcome === 'started' || outcome === 'repeated') return { executionId, started: outcome === 'started' };
    const holder = key === null ? null : await ports.findHolder();
    // Not itself, started meanwhile by another call with its idempotency key: the next `insert` sees that.
    if (holder !== null && key !== null && holder !== executionId) {
      if (onConflict === 'fail') throw new WorkflowKeyTakenError(workflow, key, holder);
      if (!signals || (await ports.signal(holder))) return { executionId: holder, started: false };
    }
    if (tries === maxTries) throw new Error(`The key ${key} of workflow ${workflow} changes hands all the time.`);
  }
}
