'use client';
import { useSyncExternalStore } from 'react';

const storageName = 'single-keys';
const listeners = new Set<() => void>();

/** Whether keys that type a character act on this device. */
export function singleKeysOn(): boolean {
  return localStorage.getItem(storageName) !== 'off';
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(storageName, on ? 'on' : 'off');
  listeners.forEach((listener) => listener());
}

/** Whether single keys act, and the switch for it: some people's tools type letters by accident. */
export function useSingleKeys(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    singleKeysOn,
    () => true,
  );
}
