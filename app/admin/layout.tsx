import { forbidden } from 'next/navigation';
import type { ReactNode } from 'react';
import { ConsoleShell } from '@/components/shell/console-shell';
import { getSession } from '@/lib/auth';
import { findAction } from '../find/actions';
import { shellPerson } from '../shell-person';
import { signOutAction } from '../sign-in/actions';

/** The shell of the console. Who may open which page, each page decides itself; who may open none gets 403 here. */
export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const session = await getSession();
  if (session === null) return children;
  const person = await shellPerson(session);
  if (!person.sees.console) forbidden();
  return (
    <ConsoleShell person={person} find={findAction} signOut={signOutAction}>
      {children}
    </ConsoleShell>
  );
}
