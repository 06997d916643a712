'use client';
import { useCallback, useEffect, useState } from 'react';

type Find = () => HTMLElement | null | undefined;
type FocusOnceShown = (find: Find, options?: { readonly isCentered?: boolean }) => void;

/**
 * Moves the focus once the page shows what was set together with the wish for it: a frame may pass before that, and the
 * focus would stay behind. `isCentered` brings what has it to the middle of the window, away from bars at its edges.
 */
export function useFocusOnceShown(): FocusOnceShown {
  const [wanted, setWanted] = useState<{ readonly find: Find; readonly isCentered: boolean } | null>(null);
  useEffect(() => {
    const target = wanted?.find();
    if (!wanted || !target) return;
    target.focus({ preventScroll: wanted.isCentered });
    if (wanted.isCentered) target.scrollIntoView({ block: 'center' });
  }, [wanted]);
  return useCallback((find, { isCentered = false } = {}) => setWanted({ find, isCentered }), []);
}
