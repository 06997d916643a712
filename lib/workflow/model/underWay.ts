/** Calls of actions that were begun, and whose outcomes the log does not hold yet. */
export interface CallUnderWay {
  readonly commandId: string;
  /** Its place among the commands; null where nobody wrote it down. */
  readonly n: number | null;
  /** Fingerprint of its arguments; null where nobody wrote it down. */
  readonly argsHash: string | null;
}

/** The name of a call is in its id, between the branch and the count. */
export const nameOfCall = (commandId: string): string => commandId.replace(/^.*\/|#\d+(~\d+)?$/g, '');
