'use client';
import { useMemo } from 'react';
import type { Experimental_DefaultFormStateBehavior } from '@rjsf/utils';
import { isJsonObject, toPointer } from '@/lib/forms/json';
import type { FieldError, FormDefinition, FormTexts, JsonObject, Outcome } from '@/lib/forms/types';
import type { TaskFormContext, TaskUiSchema } from './context';
import { renderSchema, renderUiSchema } from './render-schema';
import { rjsfValidator, toErrorSchema, type FormData } from './rjsfValidator';
import { ThemedForm } from './theme';

export interface FormFieldsProps {
  readonly form: FormDefinition;
  /** What the form showed before anybody typed. */
  readonly formData: JsonObject;
  /** What the fields start with; later values are theirs. */
  readonly initialData: JsonObject;
  readonly texts: FormTexts;
  readonly outcomes: readonly Outcome[];
  readonly errors: readonly FieldError[];
  readonly disabled: boolean;
  readonly idPrefix: string;
  /** `isTyped` is false for values the form filled in by itself, such as defaults of a field that has appeared. */
  readonly onChange: (data: JsonObject, isTyped: boolean) => void;
}

/** Nothing is answered for the person: no constant, no false, unless the form's author wrote it as a default. */
const DEFAULTS: Experimental_DefaultFormStateBehavior = {
  constAsDefaults: 'skipOneOf',
  requiredBooleanDefault: 'skip',
  emptyObjectFields: 'populateAllDefaults',
  arrayMinItems: { populate: 'requiredOnly' },
};

/**
 * The fields of a form. They hold their own values: handing every change back in would lose what is typed while the
 * page draws itself again. Errors come from outside, so that browser and server show them alike.
 */
export function FormFields(props: FormFieldsProps) {
  const { form, formData, initialData, texts, outcomes, errors, disabled, idPrefix, onChange } = props;
  const schema = useMemo(() => renderSchema(form.jsonSchema), [form.jsonSchema]);
  const uiSchema = useMemo(() => renderUiSchema(form.uiSchema) as TaskUiSchema, [form.uiSchema]);
  const initialFormData = useMemo(() => structuredClone<FormData>(initialData), [initialData]);
  const extraErrors = useMemo(() => toErrorSchema(errors), [errors]);
  const formContext = useMemo<TaskFormContext>(() => {
    const names = outcomes.flatMap((outcome) => outcome.required);
    const requiredByOutcome = names.map((name) => (name.startsWith('/') ? name : toPointer([name])));
    return { texts, projected: formData, requiredByOutcome };
  }, [texts, formData, outcomes]);
  return (
    <ThemedForm
      tagName="div"
      className="task-fields"
      schema={schema}
      uiSchema={uiSchema}
      validator={rjsfValidator}
      initialFormData={initialFormData}
      formContext={formContext}
      idPrefix={idPrefix}
      disabled={disabled}
      noValidate
      noHtml5Validate
      showErrorList={false}
      extraErrors={extraErrors}
      experimental_defaultFormStateBehavior={DEFAULTS}
      onChange={({ formData: next }, id) => onChange(isJsonObject(next) ? next : {}, id !== undefined)}
    />
  );
}
