import { fromPointer, sameJson, valueAt } from '@/lib/forms/json';
import type { FieldError, SubmissionResult } from '@/lib/forms/types';

export interface RemainingErrorsParams {
  /** The errors on the screen. */
  readonly shown: readonly FieldError[];
  /** What the browser finds in the answers as they are now. */
  readonly found: SubmissionResult;
  /** The answers the shown errors were told about, and those of now. */
  readonly before: unknown;
  readonly now: unknown;
}

/**
 * The errors that still hold while a person corrects them. One that the browser can see goes as soon as it is put
 * right; one that only the server saw goes when its field changes. None appears before the next attempt.
 */
export function remainingErrors({ shown, found, before, now }: RemainingErrorsParams): readonly FieldError[] {
  const current = found.ok ? [] : found.fieldErrors;
  const remaining = shown.flatMap((error) => {
    const same = current.find(({ path }) => path === error.path);
    if (same) return [same.message === error.message ? error : same];
    const segments = fromPointer(error.path);
    return sameJson(valueAt(before, segments), valueAt(now, segments)) && error.keyword === SERVER_ONLY ? [error] : [];
  });
  const isSame = remaining.length === shown.length && remaining.every((error, index) => error === shown[index]);
  return isSame ? shown : remaining;
}

/** Marks an error that the browser's own check did not find. */
export const SERVER_ONLY = 'server';

/** The id of the control that a path leads to. */
export function fieldId(idPrefix: string, path: string): string {
  return [idPrefix, ...fromPointer(path)].join('_');
}

const COUNTS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

/** "Two answers need a change before this can go". */
export function summaryTitle(count: number): string {
  const number = COUNTS[count] ?? String(count);
  return count === 1
    ? 'One answer needs a change before this can go'
    : `${number} answers need a change before this can go`;
}
