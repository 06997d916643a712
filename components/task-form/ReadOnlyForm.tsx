import './task-form.css';
import { browserEngine } from '@/lib/forms/browserEngine';
import { readOnlyRows, type ReadOnlyRow } from '@/lib/forms/display';
import { isComputed, childUi, allSubschemas, memberSchemas } from '@/lib/forms/schema';
import type { FormDefinition, FormProjection, JsonObject } from '@/lib/forms/types';

export interface ReadOnlyFormProps {
  /** The version the task pinned, not the newest. */
  readonly form: FormDefinition;
  readonly projection: FormProjection;
  /** The stored answers; null while there are none, then the form shows what it was given. */
  readonly output: JsonObject | null;
}

/** A form as it was answered, drawn from what was stored: what it told first, then questions and answers. */
export function ReadOnlyForm({ form, projection, output }: ReadOnlyFormProps) {
  const data = output ?? projection.formData;
  const rows = readOnlyRows({ form, texts: projection.texts, data, engine: browserEngine });
  const fields = allSubschemas(form.jsonSchema, [form.jsonSchema]);
  const isTold = ({ name }: ReadOnlyRow) => isComputed(memberSchemas(fields, name), childUi(form.uiSchema, name));
  const told = rows.filter(isTold);
  const answered = rows.filter((row) => !isTold(row));
  return (
    <div className="task-form">
      {told.map((row) =>
        row.kind === 'text' ? (
          <div className="told" key={row.name}>
            <h2 className="label">{row.label}</h2>
            <p className="told-text">{row.text}</p>
          </div>
        ) : (
          <Answers key={row.name} rows={[row]} />
        ),
      )}
      {answered.length > 0 && <Answers rows={answered} />}
    </div>
  );
}

function Answers({ rows }: { readonly rows: readonly ReadOnlyRow[] }) {
  return (
    <dl className="answers">
      {rows.map((row) => (
        <div key={row.name}>
          <dt>{row.label}</dt>
          <dd>{row.kind === 'text' ? row.text : <Answers rows={row.rows} />}</dd>
        </div>
      ))}
    </dl>
  );
}
