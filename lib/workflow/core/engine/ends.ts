/** How an execution ends: its last entry, and what its row shows. */
import type { CommandOf } from '../../model/commands';
import type { Decision, NewEntry } from '../../model/history';
import type { ExecutionFlush } from '../../model/ports/store';

interface End {
  readonly entry: NewEntry;
  readonly end: NonNullable<ExecutionFlush['end']>;
}

/**
 * A termination ends it whatever the code did. Else a request to cancel that is in the log before the end makes it
 * canceled, whether the code swallowed the `CanceledError`, threw it on or failed over it.
 */
export function endOf(facts: {
  /** What the code ended with. */
  readonly result: CommandOf<'complete'> | CommandOf<'fail'> | CommandOf<'continue_as_new'> | null;
  readonly termination: Decision | null;
  readonly isCanceled: boolean;
}): End {
  const { result, termination, isCanceled } = facts;
  if (termination || !result) {
    const body = termination ?? { by: null, reason: null };
    return {
      entry: { kind: 'execution_terminated', body },
      end: { status: 'terminated', result: null, error: null },
    };
  }
  // A run that goes on as another one ends here only by a request to cancel.
  if (isCanceled || result.type === 'continue_as_new') {
    const error = result.type === 'fail' && result.error.name !== 'CanceledError' ? result.error : null;
    return {
      entry: { kind: 'execution_canceled', body: { error } },
      end: { status: 'canceled', result: null, error },
    };
  }
  if (result.type === 'complete') {
    return {
      entry: { kind: 'execution_completed', body: { result: result.result } },
      end: { status: 'completed', result: result.result, error: null },
    };
  }
  const { error, failedCommand } = result;
  return {
    entry: { kind: 'execution_failed', body: { error, failedCommand } },
    end: { status: 'failed', result: null, error },
  };
}
