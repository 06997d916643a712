import type { Metadata } from 'next';
import { DocPage } from '@/components/shell/doc-page';
import { describeApi } from '@/lib/openapi/describeApi';
import { taskOperations } from '@/lib/openapi/taskOperations';

export const metadata: Metadata = { title: 'API of human tasks' };

/** What the API of tasks takes and answers, from the same description that tools read. For everybody. */
export default function ApiPage() {
  const { paths, components } = describeApi();
  return (
    <DocPage kind="API">
      <h1>Human tasks</h1>
      <p>
        All of it is below <code>/api/v1</code>, with the header <code>Authorization: Bearer</code> and a token of{' '}
        <code>npm run token</code>. Whoever the token stands for does it, with their rights and in their tenant. Tools
        read the same from <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.
      </p>
      {taskOperations.map(({ method, path, operationId, summary, answer }) => {
        const operation = paths[path]?.[method] as Described | undefined;
        const body = operation?.requestBody?.content['application/json'].schema;
        const query = operation?.parameters?.filter((parameter) => parameter.in === 'query') ?? [];
        return (
          <section key={operationId} aria-labelledby={operationId}>
            <h2 id={operationId}>
              <code>
                {method.toUpperCase()} {path}
              </code>
            </h2>
            <p>{summary}</p>
            {query.length > 0 ? (
              <ul>
                {query.map(({ name, schema }) => (
                  <li key={name}>
                    <code>{name}</code> {wordsOf(schema)}
                  </li>
                ))}
              </ul>
            ) : null}
            {body ? <Schema name={`Body of ${operationId}`} schema={body} /> : null}
            <p>
              Answers with <a href={`#${answer}`}>{answer}</a>.
            </p>
          </section>
        );
      })}
      {Object.entries(components.schemas).map(([name, schema]) => (
        <section key={name} aria-labelledby={name}>
          <h2 id={name}>{name}</h2>
          <Schema name={name} schema={schema} />
        </section>
      ))}
    </DocPage>
  );
}

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
}

function Schema({ name, schema }: { readonly name: string; readonly schema: object }) {
  return (
    <pre tabIndex={0} aria-label={name}>
      <code>{JSON.stringify(schema, null, 2)}</code>
    </pre>
  );
}

/** `one of open, pending`, or the kind of value. */
function wordsOf(schema: object): string {
  const { enum: choices, type } = schema as { readonly enum?: readonly string[]; readonly type?: string };
  return choices ? `one of ${choices.join(', ')}` : (type ?? '');
}
