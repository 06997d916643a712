'use client';
import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { Icon, type IconName } from './icons';

interface Toast {
  readonly id: number;
  readonly icon: IconName;
  readonly text: string;
}

type ShowToast = (text: string, icon?: IconName) => void;

const ToastContext = createContext<ShowToast>(() => undefined);
const shownMs = 6000;

/** Short confirmations at the foot of the page. They announce themselves and leave by themselves. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(1);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());

  useEffect(() => {
    const running = timers.current;
    return () => running.forEach(clearTimeout);
  }, []);

  const show = useCallback<ShowToast>((text, icon = 'completed') => {
    const id = nextId.current++;
    setToasts((all) => [...all.slice(-2), { id, icon, text }]);
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setToasts((all) => all.filter((toast) => toast.id !== id));
    }, shownMs);
    timers.current.add(timer);
  }, []);

  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts work" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div className="toast" key={toast.id}>
            <Icon name={toast.icon} />
            {toast.text}
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
