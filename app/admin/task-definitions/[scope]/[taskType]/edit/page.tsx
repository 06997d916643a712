import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { fieldsOf } from '@/components/definitions/definition-fields';
import { DefinitionForm } from '@/components/definitions/definition-form';
import { Icon } from '@/components/ui/icons';
import { getTaskDefinition, listFormNames, listRoles } from '@/lib/queries/taskDefinitions';
import { requireDefinitionWriter, requireScope } from '../../../../definition-access';
import { updateDefinitionAction, updateSystemDefinitionAction } from '../../../actions';

export const metadata: Metadata = { title: 'Edit a task definition' };

export default async function EditDefinitionPage({
  params,
}: {
  readonly params: Promise<{ readonly scope: string; readonly taskType: string }>;
}) {
  const { scope: scopeText, taskType } = await params;
  const scope = requireScope(scopeText);
  const { tenant } = await requireDefinitionWriter(scope, `/admin/task-definitions/${scopeText}/${taskType}/edit`);
  const [definition, forms, roles] = await Promise.all([
    getTaskDefinition({ tenant, scope, taskType }),
    listFormNames({ tenant }),
    listRoles({ tenant }),
  ]);
  if (!definition) notFound();
  return (
    <main id="main" className="main p-definitions">
      <header className="hd one">
        <div className="grow">
          <p className="crumb">
            <Link href="/admin/task-definitions">Task definitions</Link>
            <Icon name="right" />
            <Link href={`/admin/task-definitions/${scope}/${taskType}`}>{definition.name}</Link>
          </p>
          <h1>Edit {definition.name}</h1>
        </div>
      </header>
      <p className="lead">Tasks that exist stay as they are; the next ones are made from this.</p>
      <DefinitionForm
        initial={fieldsOf(definition)}
        revision={definition.revision}
        isTypeFixed
        scope={scope}
        forms={forms}
        roles={roles}
        isOfTenant={tenant !== null}
        save={scope === 'system' ? updateSystemDefinitionAction : updateDefinitionAction}
      />
    </main>
  );
}
