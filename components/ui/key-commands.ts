/**
 * The acts that have a key of their own, in the order of the list of keys. The keyboard, that list, the keys printed on
 * buttons and the command palette all read this, and nothing else says which key does what. Besides, a form gives keys
 * to its answers.
 */
import type { IconName } from './icons';

export interface KeyCommand {
  /**
   * As the browser names them; the first one is shown. `Mod+` is Ctrl, and Cmd on a Mac: such keys act in fields, too.
   */
  readonly keys: readonly string[];
  readonly words: string;
  readonly icon: IconName;
  /** Holding the key down goes on and on. */
  readonly repeats?: boolean;
}

export const keyCommands = {
  next: { keys: ['j', 'ArrowDown'], words: 'Next task', icon: 'down', repeats: true },
  previous: { keys: ['k', 'ArrowUp'], words: 'Previous task', icon: 'up', repeats: true },
  openPage: { keys: ['Enter'], words: 'Open the task on its own page', icon: 'open' },
  select: { keys: ['x'], words: 'Select the task, or not', icon: 'check' },
  selectAll: { keys: ['X'], words: 'Select all tasks', icon: 'check' },
  answerSelected: { keys: ['Enter'], words: 'Answer what is selected', icon: 'form' },
  clearSelection: { keys: ['Escape'], words: 'Clear the selection', icon: 'x' },
  claim: { keys: ['c'], words: 'Claim', icon: 'claimed' },
  release: { keys: ['u'], words: 'Release', icon: 'declined' },
  delegate: { keys: ['d'], words: 'Delegate…', icon: 'users' },
  assign: { keys: ['a'], words: 'Assign…', icon: 'user' },
  comment: { keys: ['m'], words: 'Comment', icon: 'comment' },
  undo: { keys: ['z'], words: 'Undo', icon: 'declined' },
  searchTasks: { keys: ['/'], words: 'Search these tasks', icon: 'search' },
  palette: { keys: ['Mod+k'], words: 'Search or act', icon: 'search' },
  keyHelp: { keys: ['?'], words: 'All keys', icon: 'keyboard' },
} as const satisfies Readonly<Record<string, KeyCommand>>;

export type KeyCommandName = keyof typeof keyCommands;
