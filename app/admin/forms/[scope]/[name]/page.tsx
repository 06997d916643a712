import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { FormAuthor, type AuthorActions } from '@/components/form-author/form-author';
import { Icon } from '@/components/ui/icons';
import { getFormUnderConstruction } from '@/lib/queries/forms';
import { requireDefinitionWriter, requireScope } from '../../../definition-access';
import {
  discardDraftAction,
  discardSystemDraftAction,
  publishDraftAction,
  publishSystemDraftAction,
  saveDraftAction,
  saveSystemDraftAction,
} from '../../actions';

interface Address {
  readonly params: Promise<{ readonly scope: string; readonly name: string }>;
}

const own: AuthorActions = { save: saveDraftAction, publish: publishDraftAction, discard: discardDraftAction };
const ofSystem: AuthorActions = {
  save: saveSystemDraftAction,
  publish: publishSystemDraftAction,
  discard: discardSystemDraftAction,
};

export async function generateMetadata({ params }: Address): Promise<Metadata> {
  return { title: `${(await params).name}, new version` };
}

export default async function FormAuthorPage({ params }: Address) {
  const { scope: scopeText, name } = await params;
  const scope = requireScope(scopeText);
  const address = `/admin/forms/${scope}/${name}`;
  const { tenant } = await requireDefinitionWriter(scope, address);
  const { draft, newest } = (await getFormUnderConstruction({ tenant, scope, name })) ?? notFound();
  const initial = draft?.documents ?? newest?.documents ?? notFound();
  return (
    <main id="main" className="main p-definitions p-author">
      <header className="hd one">
        <div className="grow">
          <p className="crumb">
            <Link href="/admin/task-definitions">Task definitions</Link>
            <Icon name="right" />
            Forms
          </p>
          <h1>
            New version of <span className="mono">{name}</span>
          </h1>
          <p className="facts">
            {newest ? (
              <Link href={`${address}/versions/${newest.version}`}>Version {newest.version} is in use</Link>
            ) : (
              <span>No version is published yet</span>
            )}
          </p>
        </div>
      </header>
      <FormAuthor
        formName={name}
        address={address}
        initial={initial}
        draft={draft}
        newest={newest}
        actions={scope === 'system' ? ofSystem : own}
      />
    </main>
  );
}
