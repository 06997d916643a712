import type { ReactNode } from 'react';
import { Icon } from './icons';

export interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

/** A label, its control, what helps and what is wrong, tied together for everybody. */
export function Field({
  id,
  label,
  optional = false,
  help,
  problem,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly optional?: boolean;
  readonly help?: string;
  readonly problem: string | undefined;
  readonly children: (control: ControlProps) => ReactNode;
}) {
  const helpId = help ? `${id}-help` : undefined;
  const errorId = problem ? `${id}-error` : undefined;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
        {optional ? <span className="muted"> (optional)</span> : null}
      </label>
      {children({
        id,
        'aria-invalid': problem ? true : undefined,
        'aria-describedby': [helpId, errorId].filter(Boolean).join(' ') || undefined,
      })}
      {help ? (
        <p className="help" id={helpId}>
          {help}
        </p>
      ) : null}
      <ErrorNote id={errorId ?? ''} message={problem} />
    </div>
  );
}

export function ErrorNote({ id, message }: { readonly id: string; readonly message: string | undefined }) {
  return message ? (
    <p className="err" id={id}>
      <Icon name="failed" />
      {message}
    </p>
  ) : null;
}
