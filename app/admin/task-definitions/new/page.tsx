import type { Metadata } from 'next';
import Link from 'next/link';
import { forbidden } from 'next/navigation';
import { DefinitionForm } from '@/components/definitions/definition-form';
import { blankDefinition, fieldsOf } from '@/components/definitions/definition-fields';
import { Icon } from '@/components/ui/icons';
import { getTaskDefinition, listFormNames, listRoles } from '@/lib/queries/taskDefinitions';
import { requireDefinitionReader } from '../../definition-access';
import { createDefinitionAction, createSystemDefinitionAction } from '../actions';

export const metadata: Metadata = { title: 'New task definition' };

export default async function NewDefinitionPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly from?: string | string[] }>;
}) {
  const { tenant, mayManageOwn, mayManageSystem } = await requireDefinitionReader('/admin/task-definitions/new');
  if (!mayManageOwn && !mayManageSystem) forbidden();
  const { from } = await searchParams;
  const [source, forms, roles] = await Promise.all([
    typeof from === 'string' && tenant !== null ? getTaskDefinition({ tenant, scope: 'system', taskType: from }) : null,
    listFormNames({ tenant }),
    listRoles({ tenant }),
  ]);
  const fields = source ? { ...fieldsOf(source), formKind: 'new' as const } : blankDefinition;
  return (
    <main id="main" className="main p-definitions">
      <header className="hd one">
        <div className="grow">
          <p className="crumb">
            <Link href="/admin/task-definitions">Task definitions</Link>
            <Icon name="right" />
            New
          </p>
          <h1>{source ? `Your own “${source.name}”` : 'New task definition'}</h1>
        </div>
      </header>
      <p className="lead">
        {source
          ? 'From now on tasks of this type are made from it, for your tenant alone. A form of your own begins as a copy of the system’s.'
          : 'Workflows name its type when they create a task.'}
      </p>
      <DefinitionForm
        initial={fields}
        revision={null}
        isTypeFixed={source !== null}
        scope={tenant === null ? 'system' : 'own'}
        forms={forms}
        roles={roles}
        isOfTenant={tenant !== null}
        save={tenant === null ? createSystemDefinitionAction : createDefinitionAction}
      />
    </main>
  );
}
