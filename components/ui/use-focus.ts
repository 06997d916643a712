'use client';
import { useCallback, useEffect, useState } from 'react';

type Find = () => HTMLElement | null | undefined;

/**
 * Moves the focus once the page shows what was set together with the wish for it: a frame may pass before that, and the
 * focus would stay behind.
 */
export function useFocusOnceShown(): (find: Find) => void {
  const [wanted, setWanted] = useState<Find | null>(null);
  useEffect(() => wanted?.()?.focus(), [wanted]);
  return useCallback((find) => setWanted(() => find), []);
}
