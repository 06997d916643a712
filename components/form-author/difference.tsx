import { describeDifference, diffLines } from '@/lib/forms/difference';
import type { FormDocuments } from '@/lib/forms/lint/finding';
import type { FormDefinition } from '@/lib/forms/types';

const WORDS = { added: 'Added', removed: 'Removed', changed: 'Changed', moved: 'Moved' } as const;

export interface ComparedForm extends FormDefinition {
  readonly documents: FormDocuments;
}

/** What is new in words, and below it the texts line by line. */
export function Difference({ before, after }: { readonly before: ComparedForm; readonly after: ComparedForm }) {
  const changes = describeDifference(before, after);
  if (changes.length === 0) return <p className="soft">Nothing differs.</p>;
  return (
    <div className="difference">
      <ul>
        {changes.map(({ kind, subject, name, details }) => (
          <li key={`${kind} ${subject} ${name ?? ''}`} className={`is-${kind}`}>
            <p>
              <span className="kind">{WORDS[kind]}</span> <b>{subject}</b>
              {name === null ? null : <span className="mono soft"> {name}</span>}
            </p>
            {details.length > 0 ? (
              <ul>
                {details.map((detail) => (
                  <li key={detail}>{detail}</li>
                ))}
              </ul>
            ) : null}
          </li>
        ))}
      </ul>
      <Texts label="Schema, line by line" before={before.documents.jsonSchema} after={after.documents.jsonSchema} />
      <Texts label="UI schema, line by line" before={before.documents.uiSchema} after={after.documents.uiSchema} />
    </div>
  );
}

function Texts({ label, before, after }: { readonly label: string; readonly before: string; readonly after: string }) {
  if (before === after) return null;
  return (
    <details>
      <summary>{label}</summary>
      <pre className="code" tabIndex={0} aria-label={label}>
        {diffLines(before, after).map(({ sign, text }, index) => (
          <span key={index} className={sign === '+' ? 'plus' : sign === '-' ? 'minus' : undefined}>
            {`${sign} ${text}\n`}
          </span>
        ))}
      </pre>
    </details>
  );
}
