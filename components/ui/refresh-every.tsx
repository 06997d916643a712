'use client';
import { useEffect } from 'react';
import { useRefresh } from './use-refresh';

/** Reads the page again every so often: for numbers that change without a notice, such as heartbeats. */
export function RefreshEvery({ seconds }: { readonly seconds: number }) {
  const refresh = useRefresh();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void refresh();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [refresh, seconds]);
  return null;
}
