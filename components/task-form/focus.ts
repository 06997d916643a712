import type { FieldError } from '@/lib/forms/types';
import { fieldId } from './errors';

const FOCUSABLE =
  'input:not([type="hidden"]):not([disabled]), select:not([disabled]), textarea:not([disabled]), button:not([disabled])';

/**
 * What takes the focus for the field with `id`: the control itself, else the first one inside (a group of cards has no
 * focus of its own). A field that is not on the page leads to the nearest part of the form around it.
 */
export function focusableOf(id: string): HTMLElement | null {
  for (const element of around(id)) {
    const checked = element.querySelector<HTMLElement>('input:checked');
    const target = element.matches(FOCUSABLE) ? element : (checked ?? element.querySelector<HTMLElement>(FOCUSABLE));
    if (target) return target;
  }
  return null;
}

/** As they are met from top to bottom: the checks find them in an order of their own. */
export function inPageOrder(idPrefix: string, errors: readonly FieldError[]): readonly FieldError[] {
  const placed = errors.map((error) => ({ error, element: around(fieldId(idPrefix, error.path))[0] }));
  placed.sort(({ element: a }, { element: b }) => {
    if (a === b || !a || !b) return Number(a !== undefined) - Number(b !== undefined);
    return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  });
  return placed.map(({ error }) => error);
}

/** The element with `id`, and those of the parts of the form around it, from the inside out. */
function around(id: string): readonly HTMLElement[] {
  const parts = id.split('_');
  return parts.flatMap((_, index) => document.getElementById(parts.slice(0, parts.length - index).join('_')) ?? []);
}
