'use client';
import { useEffect, useEffectEvent } from 'react';
import type { IconName } from './icons';
import { keyCommands, type KeyCommand, type KeyCommandName } from './key-commands';
import { isTyping, keyOf, takesKeysItself } from './keyboard';
import { singleKeysOn } from './single-keys';

/** Where a command stands in the palette. */
export type CommandGroup = 'here' | 'views' | 'go' | 'filters' | 'you';

/** Something that can be done on the page one is on. */
export interface Command {
  /** What it does, a verb first. Of two with the same words the one offered last counts. */
  readonly words: string;
  readonly icon: IconName;
  readonly group: CommandGroup;
  /** The keys that do the same; the first one is shown. */
  readonly keys?: readonly string[];
  /** False: it belongs to this page, but cannot be done now. */
  readonly isReady?: boolean;
  /** Offered only to who asks for it by typing: there are many of its kind. */
  readonly isAskedFor?: boolean;
  readonly repeats?: boolean;
  readonly run: () => void;
}

type Source = () => readonly Command[];

/** In the order in which they came: the last one to have a key gets it. */
let sources: readonly Source[] = [];

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const key = keyOf(event);
  if (key === null) return;
  const isPlain = !key.startsWith('Mod+');
  if (isPlain && (isTyping(event.target) || takesKeysItself(event.target, key))) return;
  // Tools that type by voice send letters; nobody's tool sends arrows by accident.
  if (key.length === 1 && !singleKeysOn()) return;
  const command = holdersOfKeys().get(key);
  if (!command) return;
  event.preventDefault();
  if (command.isReady !== false && (!event.repeat || command.repeats)) command.run();
}

/** All commands of the page, also those that cannot be done now; of several with the same words the last. */
export function commandsOfPage(): readonly Command[] {
  return [...new Map(sources.flatMap((source) => source()).map((command) => [command.words, command])).values()];
}

/** Which command a key belongs to. */
export function holdersOfKeys(): ReadonlyMap<string, Command> {
  const commands = sources.flatMap((source) => source());
  return new Map(commands.flatMap((command) => (command.keys ?? []).map((key) => [key, command] as const)));
}

/** Offers commands while the component is there: to the keyboard, the list of keys and the palette. */
export function useCommands(read: () => readonly Command[]): void {
  const latest = useEffectEvent(read);
  useEffect(() => {
    const source: Source = () => latest();
    if (sources.length === 0) document.addEventListener('keydown', onKeyDown);
    sources = [...sources, source];
    return () => {
      sources = sources.filter((other) => other !== source);
      if (sources.length === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

/** Offers one that has a key of its own. `words` says it more exactly than the list of keys does. */
export function useKeyCommand(
  name: KeyCommandName,
  {
    run,
    isReady = true,
    words,
    group = 'here',
  }: {
    readonly run: () => void;
    readonly isReady?: boolean;
    readonly words?: string;
    readonly group?: CommandGroup;
  },
): void {
  useCommands(() => {
    const command: KeyCommand = keyCommands[name];
    return [{ ...command, words: words ?? command.words, group, isReady, run }];
  });
}

/** Does what a key of its own does, from a button that stands elsewhere. */
export function runKeyCommand(name: KeyCommandName): void {
  const command = holdersOfKeys().get(keyCommands[name].keys[0]);
  if (command && command.isReady !== false) command.run();
}
