'use client';
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';

/** Longer than a slow network takes for a file of some bytes. */
const patienceMs = 10_000;

/** Whether the server can be asked now. A device in a tunnel often believes that it is connected. */
export async function isReachable(): Promise<boolean> {
  if (!navigator.onLine) return false;
  const request = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(patienceMs) } as const;
  return fetch('/icon.svg', request).then(
    () => true,
    () => false,
  );
}

/**
 * Reads the page again, where nothing has just come from the server. Without a connection the page stays as it is: the
 * browser would put an error in its place, and what is typed in it would be gone.
 */
export function useRefresh(): () => Promise<void> {
  const router = useRouter();
  return useCallback(async () => {
    if (await isReachable()) router.refresh();
  }, [router]);
}
