'use client';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

type KeyHandler = (event: KeyboardEvent) => void;

const handlers = new Map<string, KeyHandler[]>();
const storageName = 'single-keys';
const settingListeners = new Set<() => void>();

/** Single letters act only where nobody types and no dialog is open. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]') || !singleKeysOn()) return;
  // Enter on a link or a button is that link's or button's own.
  if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a, button, summary'))
    return;
  const handler = handlers.get(event.key)?.at(-1);
  if (!handler) return;
  event.preventDefault();
  handler(event);
}

/** Calls `handler` when that key is pressed alone. The component mounted last wins. */
export function useKey(key: string, handler: KeyHandler): void {
  const latest = useEffectEvent(handler);
  useEffect(() => {
    if (handlers.size === 0) document.addEventListener('keydown', onKeyDown);
    const entry: KeyHandler = (event) => latest(event);
    handlers.set(key, [...(handlers.get(key) ?? []), entry]);
    return () => {
      const rest = (handlers.get(key) ?? []).filter((other) => other !== entry);
      if (rest.length > 0) handlers.set(key, rest);
      else handlers.delete(key);
      if (handlers.size === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, [key]);
}

function singleKeysOn(): boolean {
  return localStorage.getItem(storageName) !== 'off';
}

/** Whether single keys act, and the switch for it: some people's tools type letters by accident. */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      settingListeners.add(listener);
      return () => settingListeners.delete(listener);
    },
    singleKeysOn,
    () => true,
  );
  const set = (next: boolean) => {
    localStorage.setItem(storageName, next ? 'on' : 'off');
    settingListeners.forEach((listener) => listener());
  };
  return [on, set];
}
