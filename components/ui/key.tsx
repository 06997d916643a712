'use client';
import { useSyncExternalStore } from 'react';
import { keyCommands, type KeyCommandName } from './key-commands';
import { keyParts } from './keyboard';

const never = () => () => undefined;

/** Whether the reader's keyboard has Cmd where others have Ctrl. */
export function useIsApple(): boolean {
  return useSyncExternalStore(
    never,
    () => /mac|iphone|ipad/i.test(navigator.userAgent),
    () => false,
  );
}

/** The key of a command, as it is printed on its button. */
export function Key({ of: name }: { readonly of: KeyCommandName }) {
  return <KeyText name={keyCommands[name].keys[0]} />;
}

/** A key by the name that commands have it under. */
export function KeyText({ name }: { readonly name: string }) {
  return <kbd className="key">{keyParts(name, useIsApple()).join(' ')}</kbd>;
}
