import { forbidden } from 'next/navigation';
import type { ReactNode } from 'react';
import { ConsoleShell } from '@/components/shell/console-shell';
import { can, getSession } from '@/lib/auth';
import { shellPerson } from '../shell-person';
import { signOutAction } from '../sign-in/actions';

/** The shell of the console. Who may open which page, each page decides itself; who may open none gets 403 here. */
export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const session = await getSession();
  if (session === null) return children;
  const seesTenant = can(session, 'execution.read');
  const seesPlatform = can(session, 'platform.read');
  if (!seesTenant && !seesPlatform) forbidden();
  return (
    <ConsoleShell
      person={await shellPerson(session)}
      parts={{
        executions: seesTenant,
        attachments: can(session, 'attachment.read'),
        definitions: can(session, 'definition.read'),
        members: can(session, 'member.read'),
        health: true,
      }}
      signOut={signOutAction}
    >
      {children}
    </ConsoleShell>
  );
}
