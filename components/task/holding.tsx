'use client';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { beliefAbout, type Belief, type Beliefs } from './beliefs';

interface Holding {
  readonly beliefs: Beliefs;
  /** Shows a task as if the change had happened; null takes that back. */
  readonly believe: (taskId: string, belief: Belief | null) => void;
}

const noHolding: Holding = { beliefs: new Map(), believe: () => undefined };
const HoldingContext = createContext(noHolding);

/**
 * Around all that shows the same tasks: what the reader just did to one of them is seen everywhere at once. Within another
 * one it is that one.
 */
export function HoldingProvider({ children }: { readonly children: ReactNode }) {
  const outer = use(HoldingContext);
  const [beliefs, setBeliefs] = useState<Beliefs>(() => new Map());
  const believe = useCallback((taskId: string, belief: Belief | null) => {
    setBeliefs((before) => {
      const next = new Map(before);
      if (belief === null) next.delete(taskId);
      else next.set(taskId, belief);
      return next;
    });
  }, []);
  const own = useMemo(() => ({ beliefs, believe }), [beliefs, believe]);
  return <HoldingContext value={outer === noHolding ? own : outer}>{children}</HoldingContext>;
}

/** What the reader did to a task of this version a moment ago, as long as the server has not shown it; else null. */
export function useBelief(taskId: string, version: number) {
  return beliefAbout(use(HoldingContext).beliefs, { taskId, version });
}

export const useBelieve = () => use(HoldingContext).believe;
