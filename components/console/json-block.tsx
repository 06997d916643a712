import type { JsonValue } from '@shared/workflow/model/json';

/** A value as JSON, scrollable where it is long. */
export function JsonBlock({ value, label }: { readonly value: JsonValue; readonly label: string }) {
  return (
    <pre className="code" tabIndex={0} role="group" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
