'use client';
import { useSyncExternalStore, type ReactNode } from 'react';

const never = () => () => undefined;
const yes = () => true;
const no = () => false;

/** False on the server and until React has taken over the server's markup in the browser. */
export function useIsAlive(): boolean {
  return useSyncExternalStore(never, yes, no);
}

/** Fields that take nothing before the page listens to them: what is typed into a page that does not is lost. */
export function OnceAlive({ children }: { readonly children: ReactNode }) {
  const isAlive = useIsAlive();
  return (
    <fieldset className="once-alive" disabled={!isAlive}>
      {children}
    </fieldset>
  );
}
