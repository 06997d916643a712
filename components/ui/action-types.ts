/** What the pages' components need of a server action's answer; the actions themselves are handed down as props. */
export interface FieldProblem {
  /** JSON pointer into the input, such as `/lines/0/quantity`. */
  readonly path: string;
  readonly message: string;
}

export type ActionAnswer<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly fieldErrors?: readonly FieldProblem[];
    };

/** Said when the server could not be reached at all. */
export const unreachable = 'The server did not answer. Check your connection and try again; nothing was lost.';
