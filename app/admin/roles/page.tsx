import type { Metadata } from 'next';
import { AddRoleForm, RolesTable } from '@/components/console/roles-table';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { can, requireTenantPermission } from '@/lib/auth';
import { listRoles } from '@/lib/queries/members';
import { addRoleAction, removeRoleAction, renameRoleAction } from './actions';

export const metadata: Metadata = { title: 'Roles' };

export default async function RolesPage() {
  const session = await requireTenantPermission('member.read', { from: '/admin/roles' });
  const mayManage = can(session, 'member.manage');
  return (
    <main id="main" className="main p-members p-attachments">
      <div className="hd">
        <h1 className="grow">Roles</h1>
      </div>
      <p className="lead">
        A workflow asks a role, and everybody who has it may take the task. The key is what workflows and tasks say; the
        name is what people read, and can change at any time.
      </p>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Roles tenant={session.tenant} mayManage={mayManage} />
      </PagePart>
      {mayManage ? (
        <section className="att-add" aria-labelledby="role-add">
          <h2 id="role-add">Add a work role</h2>
          <AddRoleForm add={addRoleAction} />
        </section>
      ) : null}
    </main>
  );
}

async function Roles({ tenant, mayManage }: { readonly tenant: string; readonly mayManage: boolean }) {
  const roles = await listRoles(tenant);
  return <RolesTable roles={roles} mayManage={mayManage} rename={renameRoleAction} remove={removeRoleAction} />;
}
