'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** Reads the page again every so often: for numbers that change without a notice, such as heartbeats. */
export function RefreshEvery({ seconds }: { readonly seconds: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [router, seconds]);
  return null;
}
