'use client';
import { useMemo, useRef, useState } from 'react';
import { FormGuard } from '@/components/task-form/FormGuard';
import { FormSkeleton, LateTaskForm } from '@/components/task-form/late-task-form';
import { Icon } from '@/components/ui/icons';
import { outcomesOf } from '@/lib/forms/outcomes';
import { projectForm } from '@/lib/forms/projection';
import type { FormDefinition, JsonObject } from '@/lib/forms/types';
import { useWasNear } from './use-was-near';

type Theme = 'page' | 'light' | 'dark';
type Width = 'wide' | 'phone';

/**
 * The form as people will meet it, with the sample context: same fields, same checks, nothing is sent. It is drawn once
 * somebody scrolls near it: on a phone it stands far below the editor.
 */
export function FormPreview({ form, sample }: { readonly form: FormDefinition; readonly sample: JsonObject }) {
  const [theme, setTheme] = useState<Theme>('page');
  const [width, setWidth] = useState<Width>('phone');
  const key = useMemo(() => JSON.stringify([form, sample]), [form, sample]);
  const frame = useRef<HTMLDivElement>(null);
  const wasNear = useWasNear(frame);
  return (
    <section className="preview" aria-labelledby="preview-title">
      <div className="preview-bar">
        <h2 id="preview-title">Preview</h2>
        <Choice
          label="Width of the preview"
          value={width}
          options={[
            ['phone', 'Phone'],
            ['wide', 'Wide'],
          ]}
          onChange={setWidth}
        />
        <Choice
          label="Theme of the preview"
          value={theme}
          options={[
            ['page', 'As now'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={setTheme}
        />
      </div>
      <div
        className={`preview-frame work ${width === 'phone' ? 'is-phone' : ''}`}
        data-theme={theme === 'page' ? undefined : theme}
        ref={frame}
      >
        {wasNear ? (
          <FormGuard key={key} told={(why) => <p className="soft">The form cannot be drawn like this: {why}</p>}>
            <Filled form={form} sample={sample} />
          </FormGuard>
        ) : (
          <FormSkeleton />
        )}
      </div>
    </section>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map(([option, word]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {word}
        </button>
      ))}
    </div>
  );
}

function Filled({ form, sample }: { readonly form: FormDefinition; readonly sample: JsonObject }) {
  const [round, setRound] = useState(0);
  const [sent, setSent] = useState<{ readonly outcome: string | null; readonly data: JsonObject } | null>(null);
  const projection = useMemo(() => projectForm(form, sample), [form, sample]);
  const outcomes = useMemo(() => outcomesOf(form), [form]);
  return (
    <>
      <LateTaskForm
        key={round}
        form={form}
        formData={projection.formData}
        texts={projection.texts}
        outcomes={outcomes}
        idPrefix="preview"
        hasKeys={false}
        onSubmit={async (outcome, data) => {
          setSent({ outcome, data });
          return { ok: true };
        }}
      />
      {sent === null ? null : (
        <div className="sent" role="status">
          <p>
            <Icon name="check" /> This would be sent
            {sent.outcome === null ? '' : ` with the outcome “${sent.outcome}”`}:
          </p>
          <pre className="code" tabIndex={0}>
            {JSON.stringify(sent.data, null, 2)}
          </pre>
          <button
            className="btn"
            type="button"
            onClick={() => {
              setSent(null);
              setRound(round + 1);
            }}
          >
            Answer again
          </button>
        </div>
      )}
    </>
  );
}
