import { WorkShell } from '@/components/shell/work-shell';
import { getSession } from '@/lib/auth';
import Forbidden from './(work)/forbidden';
import { findAction } from './find/actions';
import { shellPerson } from './shell-person';
import { signOutAction } from './sign-in/actions';

export default async function RootForbidden() {
  const session = await getSession();
  return (
    <WorkShell person={session && (await shellPerson(session))} find={findAction} signOut={signOutAction}>
      <Forbidden />
    </WorkShell>
  );
}
