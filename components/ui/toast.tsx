'use client';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import { useKey } from './keys';

interface Toast {
  readonly id: number;
  readonly icon: IconName;
  readonly text: string;
  readonly undo: (() => void) | undefined;
}

type ShowToast = (text: string, options?: { readonly icon?: IconName; readonly undo?: () => void }) => void;

const ToastContext = createContext<ShowToast>(() => undefined);
const shownMs = 6000;
/** Long enough to see what was done, and to think again. */
const undoMs = 12_000;

/** Short confirmations at the foot of the page. They announce themselves and leave by themselves. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  useEffect(() => {
    const running = timers.current;
    return () => running.forEach(clearTimeout);
  }, []);

  const show = useCallback<ShowToast>((text, { icon = 'completed', undo } = {}) => {
    const id = nextId.current++;
    setToasts((all) => [...all.slice(-2), { id, icon, text, undo }]);
    const timer = setTimeout(
      () => {
        timers.current.delete(timer);
        setToasts((all) => all.filter((toast) => toast.id !== id));
      },
      undo ? undoMs : shownMs,
    );
    timers.current.add(timer);
  }, []);

  const takeBack = (toast: Toast | undefined) => {
    if (!toast?.undo) return;
    setToasts((all) => all.filter(({ id }) => id !== toast.id));
    toast.undo();
  };
  useKey('z', () => takeBack(toasts.findLast(({ undo }) => undo !== undefined)));

  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts work" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div className="toast" key={toast.id}>
            <Icon name={toast.icon} />
            {toast.text}
            {toast.undo ? (
              <button type="button" onClick={() => takeBack(toast)}>
                Undo
                <kbd className="key">Z</kbd>
              </button>
            ) : null}
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Shows a short confirmation, such as "Invoice INV-0012 approved". */
export function useToast(): ShowToast {
  return use(ToastContext);
}
