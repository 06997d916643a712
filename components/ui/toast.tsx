'use client';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import { useKeyCommand } from './commands';
import { Key } from './key';

interface Toast {
  readonly id: number;
  readonly icon: IconName;
  readonly text: string;
  readonly undo: (() => void) | undefined;
  /** When it leaves, on the page's own clock. */
  readonly untilMs: number;
}

type ShowToast = (text: string, options?: { readonly icon?: IconName; readonly undo?: () => void }) => () => void;

const ToastContext = createContext<ShowToast>(() => () => undefined);
const shownMs = 6000;
/** Long enough to see what was done, and to think again. */
const undoMs = 12_000;
/** At least so long after the focus has left it, or the pointer was last moved over it. */
const stayMs = 3000;
/** How often it is looked at which of them leave. */
const lookMs = 500;

/**
 * Short confirmations at the foot of the page, above the buttons that answer a task. They announce themselves and leave by
 * themselves, but not from under the focus or a pointer that moves on them: one that came up under a resting pointer is
 * not what anybody points at. One act at a time can be undone: the last one.
 */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);
  const region = useRef<HTMLDivElement>(null);
  const pointedUntilMs = useRef(0);

  const hasToasts = toasts.length > 0;
  useEffect(() => {
    if (!hasToasts) return;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      if (region.current?.matches(':focus-within')) {
        setToasts((all) => all.map((toast) => ({ ...toast, untilMs: Math.max(toast.untilMs, nowMs + stayMs) })));
      } else if (pointedUntilMs.current <= nowMs) {
        setToasts((all) =>
          all.some(({ untilMs }) => untilMs <= nowMs) ? all.filter(({ untilMs }) => untilMs > nowMs) : all,
        );
      }
    }, lookMs);
    return () => clearInterval(timer);
  }, [hasToasts]);

  const show = useCallback<ShowToast>((text, { icon = 'completed', undo } = {}) => {
    const id = nextId.current++;
    const untilMs = performance.now() + (undo ? undoMs : shownMs);
    setToasts((all) => [
      ...all.slice(-2).map((toast) => (undo ? { ...toast, undo: undefined } : toast)),
      { id, icon, text, undo, untilMs },
    ]);
    return () => setToasts((all) => all.filter((toast) => toast.id !== id));
  }, []);

  const last = toasts.findLast(({ undo }) => undo !== undefined);
  const takeBack = (toast: Toast | undefined) => {
    if (!toast?.undo) return;
    setToasts((all) => all.filter(({ id }) => id !== toast.id));
    toast.undo();
  };
  useKeyCommand('undo', {
    isReady: last !== undefined,
    ...(last && { words: `Undo: ${last.text}` }),
    run: () => takeBack(last),
  });

  return (
    <ToastContext value={show}>
      {children}
      <div
        className="toasts work"
        role="status"
        aria-live="polite"
        ref={region}
        onPointerMove={({ movementX, movementY }) => {
          if (movementX !== 0 || movementY !== 0) pointedUntilMs.current = performance.now() + stayMs;
        }}
      >
        {toasts.map((toast) => (
          <div className="toast" key={toast.id}>
            <Icon name={toast.icon} />
            <span className="toast-text">{toast.text}</span>
            {toast.undo ? (
              <button type="button" onClick={() => takeBack(toast)}>
                Undo
                <Key of="undo" />
              </button>
            ) : null}
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Shows a short confirmation, such as "Invoice INV-0012 approved"; what it answers takes that away again. */
export function useToast(): ShowToast {
  return use(ToastContext);
}
