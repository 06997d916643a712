import type { Metadata } from 'next';
import Link from 'next/link';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { DefinitionsTable } from '@/components/definitions/definitions-table';
import { PagePart } from '@/components/shell/page-part';
import { Icon } from '@/components/ui/icons';
import { listTaskDefinitions } from '@/lib/queries/taskDefinitions';
import { requireDefinitionReader, type DefinitionReader } from '../definition-access';

export const metadata: Metadata = { title: 'Task definitions' };

export default async function TaskDefinitionsPage() {
  const reader = await requireDefinitionReader('/admin/task-definitions');
  const mayCreate = reader.mayManageOwn || reader.mayManageSystem;
  return (
    <main id="main" className="main p-definitions">
      <div className="hd">
        <h1 className="grow">Task definitions</h1>
        {mayCreate ? (
          <Link className="btn btn-primary" href="/admin/task-definitions/new">
            <Icon name="plus" />
            New definition
          </Link>
        ) : null}
      </div>
      <p className="lead">
        What people can be asked: a type of task has a name, those who may do it, and a form.
        {reader.tenant === null
          ? ' These are shared by all tenants; a tenant’s own come before them.'
          : ' A definition of yours comes before the system’s of the same type.'}
      </p>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Definitions reader={reader} />
      </PagePart>
    </main>
  );
}

async function Definitions({ reader }: { readonly reader: DefinitionReader }) {
  const { own, system } = await listTaskDefinitions({ tenant: reader.tenant });
  return (
    <>
      {reader.tenant === null ? null : (
        <section aria-labelledby="own-definitions">
          <h2 id="own-definitions">Yours</h2>
          {own.length > 0 ? (
            <DefinitionsTable label="Your task definitions" rows={own} />
          ) : (
            <p className="none soft">
              None yet: every task is as the system has it.
              {reader.mayManageOwn ? ' Open one of the system to make your own version of it.' : ''}
            </p>
          )}
        </section>
      )}
      <section aria-labelledby="system-definitions">
        <h2 id="system-definitions">System</h2>
        <DefinitionsTable label="Task definitions of the system" rows={system} />
      </section>
    </>
  );
}
