const FOCUSABLE =
  'input:not([type="hidden"]):not([disabled]), select:not([disabled]), textarea:not([disabled]), button:not([disabled])';

/**
 * Puts the focus into the field with `id`: the control itself, else the first one inside (a group of cards has no
 * focus of its own). A field that is not on the page leads to the nearest part of the form around it.
 */
export function focusField(id: string): boolean {
  const parts = id.split('_');
  for (let count = parts.length; count > 0; count -= 1) {
    const element = document.getElementById(parts.slice(0, count).join('_'));
    const checked = element?.querySelector<HTMLElement>('input:checked');
    const target = element?.matches(FOCUSABLE) ? element : (checked ?? element?.querySelector<HTMLElement>(FOCUSABLE));
    if (target) {
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: 'center' });
      return true;
    }
  }
  return false;
}
