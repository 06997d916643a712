import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Difference } from '@/components/form-author/difference';
import { FormPreview } from '@/components/form-author/preview';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { getFormVersion } from '@/lib/queries/forms';
import { listFormVersions } from '@/lib/queries/taskDefinitions';
import { mayManage, requireDefinitionReader, requireScope } from '../../../../../definition-access';

interface Address {
  readonly params: Promise<{ readonly scope: string; readonly name: string; readonly version: string }>;
  readonly searchParams: Promise<{ readonly against?: string | string[] }>;
}

export async function generateMetadata({ params }: Pick<Address, 'params'>): Promise<Metadata> {
  const { name, version } = await params;
  return { title: `${name}, version ${version}` };
}

export default async function FormVersionPage({ params, searchParams }: Address) {
  const { scope: scopeText, name, version: versionText } = await params;
  const scope = requireScope(scopeText);
  const address = `/admin/forms/${scope}/${name}`;
  const reader = await requireDefinitionReader(`${address}/versions/${versionText}`);
  const form = { tenant: reader.tenant, scope, name };
  const versions = await listFormVersions(form);
  const version = versions.find((row) => String(row.version) === versionText) ?? notFound();
  const { against } = await searchParams;
  const earlier = versions.find((row) => String(row.version) === against) ?? versionBefore(versions, version.version);
  const [shown, compared] = await Promise.all([
    getFormVersion({ ...form, version: version.version }),
    earlier ? getFormVersion({ ...form, version: earlier.version }) : null,
  ]);
  if (!shown) notFound();
  const isNewest = versions[0]?.version === version.version;
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
            <span className="mono">{name}</span>, version {version.version}
          </h1>
          <p className="facts">
            <span>
              {version.publishedByName ? `published by ${version.publishedByName}` : 'came with the product'}{' '}
              <Time at={version.createdAt} />
            </span>
            <span>{version.openTasks === 1 ? '1 open task has it' : `${version.openTasks} open tasks have it`}</span>
            <span>{isNewest ? 'new tasks get this one' : 'new tasks get a newer one'}</span>
          </p>
        </div>
        {mayManage(reader, scope) ? (
          <Link className="btn" href={address}>
            Write a new version
          </Link>
        ) : null}
      </header>
      <div className="author">
        <div className="author-cols">
          <section aria-labelledby="version-diff">
            <h2 id="version-diff">
              {compared ? `What is new against version ${compared.version}` : 'The first version'}
            </h2>
            {compared ? <Difference before={compared} after={shown} /> : null}
            <Others address={address} current={version.version} compared={compared?.version} versions={versions} />
            <details>
              <summary>Its texts</summary>
              <pre className="code" tabIndex={0} aria-label="Schema">
                {shown.documents.jsonSchema}
              </pre>
              <pre className="code" tabIndex={0} aria-label="UI schema">
                {shown.documents.uiSchema}
              </pre>
            </details>
          </section>
          <FormPreview
            form={{ jsonSchema: shown.jsonSchema, uiSchema: shown.uiSchema }}
            sample={shown.sampleContext ?? (JSON.parse(shown.documents.sampleContext) as Record<string, unknown>)}
          />
        </div>
      </div>
    </main>
  );
}

const versionBefore = <Row extends { readonly version: number }>(versions: readonly Row[], version: number) =>
  versions.find((row) => row.version < version);

function Others({
  address,
  current,
  compared,
  versions,
}: {
  readonly address: string;
  readonly current: number;
  readonly compared: number | undefined;
  readonly versions: readonly { readonly version: number }[];
}) {
  const others = versions.filter(({ version }) => version !== current && version !== compared).slice(0, 20);
  if (others.length === 0) return null;
  return (
    <p className="others">
      Compare with{' '}
      {others.map(({ version }) => (
        <Link key={version} href={`${address}/versions/${current}?against=${version}`}>
          version {version}
        </Link>
      ))}
    </p>
  );
}
