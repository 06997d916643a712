/** What a press of a key means, apart from any command. */

/** The key by the name that commands have it under; null for combinations that belong to the browser. */
export function keyOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string | null {
  if (event.altKey) return null;
  if (!event.ctrlKey && !event.metaKey) return event.key;
  return event.shiftKey ? null : `Mod+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

/** True where a single letter is typing, not a command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('textarea, select, [role="textbox"]') !== null) return true;
  return target.matches('input') && !target.matches('[type="radio"], [type="checkbox"], [type="button"]');
}

/** Enter on a link or a button is its own, and so are the keys that move within a choice. */
export function takesKeysItself(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === 'Enter') return target.closest('a, button, summary, input') !== null;
  return key.startsWith('Arrow') && target.matches('input');
}

const shownKeys: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
};

/** The key as buttons and lists print it, part by part: `['Ctrl', 'K']`. Capital letters ask for Shift. */
export function keyParts(key: string, isApple: boolean): readonly string[] {
  if (key.startsWith('Mod+')) return [isApple ? '⌘' : 'Ctrl', ...keyParts(key.slice('Mod+'.length), isApple)];
  if (key.length !== 1) return [shownKeys[key] ?? key];
  return key !== key.toLowerCase() ? ['Shift', key] : [key.toUpperCase()];
}

/** The same for `aria-keyshortcuts`. */
export function ariaKeys(key: string): string {
  return key.startsWith('Mod+')
    ? ['Control+', 'Meta+'].map((mod) => `${mod}${key.slice('Mod+'.length)}`).join(' ')
    : key;
}
