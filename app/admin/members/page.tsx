import type { Metadata } from 'next';
import { Suspense } from 'react';
import { AddMember, MembersTable } from '@/components/console/members-table';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { can, requireTenantPermission } from '@/lib/auth';
import { listMembers, listRoles, membersLimit } from '@/lib/queries/members';
import {
  addMemberAction,
  changeMemberAction,
  deactivateMemberAction,
  giveBackTasksAction,
  reactivateMemberAction,
  resetPasswordAction,
} from './actions';

export const metadata: Metadata = { title: 'Members' };

export default async function MembersPage() {
  const session = await requireTenantPermission('member.read', { from: '/admin/members' });
  const { tenant } = session;
  const mayManage = can(session, 'member.manage');
  return (
    <main id="main" className="main p-members">
      <LiveRefresh topics={['member']} />
      <div className="hd">
        <h1 className="grow">Members</h1>
        {mayManage ? <AddMember roles={await listRoles(tenant)} add={addMemberAction} /> : null}
      </div>
      <p className="lead">
        Roles say which tasks come to somebody and what they may do in the console. Whoever is deactivated is signed out
        at once, and the open tasks that they hold go back to those who may take them.
      </p>
      <Suspense fallback={<ConsoleSkeleton />}>
        <Members tenant={tenant} mayManage={mayManage} />
      </Suspense>
    </main>
  );
}

async function Members({ tenant, mayManage }: { readonly tenant: string; readonly mayManage: boolean }) {
  const [{ members, hasMore }, roles] = await Promise.all([listMembers(tenant), listRoles(tenant)]);
  return (
    <>
      <MembersTable
        members={members}
        roles={roles}
        mayManage={mayManage}
        actions={{
          add: addMemberAction,
          change: changeMemberAction,
          deactivate: deactivateMemberAction,
          reactivate: reactivateMemberAction,
          giveBack: giveBackTasksAction,
          resetPassword: resetPasswordAction,
        }}
      />
      {hasMore ? <p className="lead">Only the first {membersLimit} members are shown.</p> : null}
    </>
  );
}
