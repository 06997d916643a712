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

/** True where a single letter is typing, not a command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('textarea, select')) return true;
  return target.matches('input') && !target.matches('[type="radio"], [type="checkbox"], [type="button"]');
}

/** True while a dialog lies over the page: its keys are its own. */
export function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog, [role="dialog"], [role="alertdialog"]') !== null;
}
