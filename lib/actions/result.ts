/** What server actions answer. Plain data: it crosses to the browser. */
import type { FieldError } from '@shared/workflow/model/errors';

export interface ActionFailure {
  readonly ok: false;
  /** Stable and documented, for code to decide by. */
  readonly code: string;
  /** For the person: what is wrong and what to do next. */
  readonly message: string;
  /** Wrong fields of the input; `path` is a JSON pointer. */
  readonly fieldErrors?: readonly FieldError[];
}

export type ActionResult<Value> = { readonly ok: true; readonly value: Value } | ActionFailure;
