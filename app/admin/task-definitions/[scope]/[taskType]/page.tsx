import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { UnheldRoles } from '@/components/definitions/unheld-roles';
import { FormVersions } from '@/components/definitions/form-versions';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import {
  getDraftState,
  getTaskDefinition,
  listFormVersions,
  listOpenTasks,
  listRoles,
  type Scope,
  type TaskDefinitionView,
} from '@/lib/queries/taskDefinitions';
import { mayManage, requireDefinitionReader, requireScope } from '../../../definition-access';

interface Address {
  readonly params: Promise<{ readonly scope: string; readonly taskType: string }>;
  readonly searchParams: Promise<{ readonly version?: string | string[] }>;
}

/** Read once for the title and the page. Another tenant's definition does not exist here. */
const load = cache(async (scopeText: string, taskType: string) => {
  const reader = await requireDefinitionReader(`/admin/task-definitions/${scopeText}/${taskType}`);
  const scope = requireScope(scopeText);
  const definition = (await getTaskDefinition({ tenant: reader.tenant, scope, taskType })) ?? notFound();
  return { reader, definition };
});

export async function generateMetadata({ params }: Pick<Address, 'params'>): Promise<Metadata> {
  const { scope, taskType } = await params;
  return { title: `${(await load(scope, taskType)).definition.name}, task definition` };
}

export default async function TaskDefinitionPage({ params, searchParams }: Address) {
  const { scope, taskType } = await params;
  const { reader, definition } = await load(scope, taskType);
  const form = {
    tenant: reader.tenant,
    scope: definition.formType === 'tenant' ? ('own' as const) : ('system' as const),
    name: definition.formName,
  };
  const mayWrite = mayManage(reader, form.scope);
  const { tenant } = reader;
  const [versions, draft, roles] = await Promise.all([
    listFormVersions(form),
    mayWrite ? getDraftState(form) : null,
    tenant === null ? null : listRoles({ tenant }),
  ]);
  const wanted = (await searchParams).version;
  const chosen = versions.find(({ version }) => String(version) === wanted);
  const tasks =
    chosen && reader.tenant !== null ? await listOpenTasks({ tenant: reader.tenant, formId: chosen.formId }) : [];
  return (
    <main id="main" className="main p-definitions">
      <header className="hd one">
        <div className="grow">
          <p className="crumb">
            <Link href="/admin/task-definitions">Task definitions</Link>
            <Icon name="right" />
            {definition.scope === 'own' ? 'Yours' : 'System'}
          </p>
          <h1>{definition.name}</h1>
          <p className="facts">
            <span className="mono">{definition.taskType}</span>
            <Changed definition={definition} />
          </p>
        </div>
        <Acts definition={definition} mayManage={mayManage(reader, definition.scope)} reader={reader} />
      </header>
      {definition.description === null ? null : <p className="lead">{definition.description}</p>}
      {definition.isReplaced ? (
        <p className="note">
          <Icon name="alert" />
          <span>
            Tasks of this type are made from your own definition.{' '}
            <Link href={`/admin/task-definitions/own/${definition.taskType}`}>Open yours</Link>
          </span>
        </p>
      ) : null}
      {roles === null || definition.isReplaced ? null : (
        <UnheldRoles wanted={definition.defaultRoles} held={roles.map(({ role }) => role)} />
      )}
      <Facts definition={definition} />
      <section aria-labelledby="form-versions">
        <div className="sub-hd">
          <h2 id="form-versions">
            Form <span className="mono">{definition.formName}</span>
          </h2>
          <FormLinks scope={form.scope} name={form.name} mayWrite={mayWrite} isBeingWritten={draft !== null} />
        </div>
        {draft === null ? null : (
          <p className="none soft">
            A new version is being written, last by {draft.savedByName ?? 'somebody'} <Time at={draft.savedAt} />.
          </p>
        )}
        {versions.length > 0 ? (
          <FormVersions
            scope={form.scope}
            name={form.name}
            versions={versions}
            here={reader.tenant === null ? null : `/admin/task-definitions/${definition.scope}/${definition.taskType}`}
            chosen={chosen?.version ?? null}
            tasks={tasks}
          />
        ) : (
          <p className="note tone-fail">
            <Icon name="alert" />
            <span>
              <b>No version is published yet.</b> Until one is, creating a task of this type fails.
            </span>
          </p>
        )}
      </section>
    </main>
  );
}

function Changed({ definition }: { readonly definition: TaskDefinitionView }) {
  if (definition.editedByName === null) return <span>as the product has it</span>;
  return (
    <span>
      changed by {definition.editedByName} <Time at={definition.updatedAt} />
    </span>
  );
}

function Acts({
  definition,
  mayManage: mayEdit,
  reader,
}: {
  readonly definition: TaskDefinitionView;
  readonly mayManage: boolean;
  readonly reader: { readonly mayManageOwn: boolean };
}) {
  const { scope, taskType, isReplaced } = definition;
  if (mayEdit) {
    return (
      <Link className="btn" href={`/admin/task-definitions/${scope}/${taskType}/edit`}>
        Edit
      </Link>
    );
  }
  if (scope === 'system' && reader.mayManageOwn && !isReplaced) {
    return (
      <Link className="btn" href={`/admin/task-definitions/new?from=${taskType}`}>
        Make your own
      </Link>
    );
  }
  return null;
}

function Facts({ definition }: { readonly definition: TaskDefinitionView }) {
  const { defaultRoles, defaultPriority, defaultDue, completionEvent } = definition;
  return (
    <dl className="def-facts">
      <div>
        <dt>For</dt>
        <dd>{defaultRoles.length > 0 ? defaultRoles.join(', ') : 'administrator, where the call names nobody'}</dd>
      </div>
      <div>
        <dt>Priority</dt>
        <dd>{defaultPriority}</dd>
      </div>
      <div>
        <dt>Due</dt>
        <dd>{defaultDue === null ? 'no date' : `${defaultDue} after it was created`}</dd>
      </div>
      <div>
        <dt>Tells the workflow</dt>
        <dd className="mono">{completionEvent ?? 'Task:<id>:Complete'}</dd>
      </div>
    </dl>
  );
}

function FormLinks({
  scope,
  name,
  mayWrite,
  isBeingWritten,
}: {
  readonly scope: Scope;
  readonly name: string;
  readonly mayWrite: boolean;
  readonly isBeingWritten: boolean;
}) {
  if (!mayWrite) return null;
  return (
    <Link className="btn" href={`/admin/forms/${scope}/${name}`}>
      {isBeingWritten ? 'Go on writing' : 'Write a new version'}
    </Link>
  );
}
