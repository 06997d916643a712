import type { ReactNode } from 'react';
import { WorkShell } from '@/components/shell/work-shell';
import { getSession } from '@/lib/auth';
import { findAction } from '../find/actions';
import { shellPerson } from '../shell-person';
import { signOutAction } from '../sign-in/actions';

/** The shell around the pages where work is done. Who may open which page, each page decides itself. */
export default async function WorkLayout({ children }: { readonly children: ReactNode }) {
  const session = await getSession();
  return (
    <WorkShell person={session && (await shellPerson(session))} find={findAction} signOut={signOutAction}>
      {children}
    </WorkShell>
  );
}
