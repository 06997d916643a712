'use client';
import { withTheme } from '@rjsf/core';
import type { FieldProps, RJSFSchema } from '@rjsf/utils';
import type { TaskFormContext } from './context';
import {
  ArrayFieldItemTemplate,
  ArrayFieldTemplate,
  CyclicSchemaExpandTemplate,
  FieldTemplate,
  MultiSchemaFieldTemplate,
  ObjectFieldTemplate,
  UnsupportedFieldTemplate,
} from './field-templates';
import { KNOWN_WIDGETS } from './render-schema';
import type { FormData } from './rjsfValidator';
import { AnswerWidget, HiddenWidget } from './widgets';

/** Labels, notes and errors are part of the field template; these have nothing left to show. */
const Nothing = () => null;

/** The stock number field rewrites what is typed; ours keeps it, and reads it as people write numbers. */
function NumberField(props: FieldProps<FormData, RJSFSchema, TaskFormContext>) {
  const { StringField } = props.registry.fields;
  return StringField ? <StringField {...props} /> : null;
}

const STOCK_WIDGETS = [
  'TextWidget',
  'TextareaWidget',
  'PasswordWidget',
  'EmailWidget',
  'URLWidget',
  'DateWidget',
  'DateTimeWidget',
  'AltDateWidget',
  'AltDateTimeWidget',
  'TimeWidget',
  'ColorWidget',
  'UpDownWidget',
  'RangeWidget',
  'RatingWidget',
  'SelectWidget',
  'RadioWidget',
  'CheckboxWidget',
  'CheckboxesWidget',
  'FileWidget',
];

const answerWidgets = Object.fromEntries([...STOCK_WIDGETS, ...KNOWN_WIDGETS].map((name) => [name, AnswerWidget]));

/** rjsf in the clothes of the product: no inline styles, every control named, nothing that needs `unsafe-eval`. */
export const ThemedForm = withTheme<FormData, RJSFSchema, TaskFormContext>({
  widgets: { ...answerWidgets, HiddenWidget, hidden: HiddenWidget },
  fields: { NumberField },
  templates: {
    FieldTemplate,
    ObjectFieldTemplate,
    ArrayFieldTemplate,
    ArrayFieldItemTemplate,
    CyclicSchemaExpandTemplate,
    MultiSchemaFieldTemplate,
    UnsupportedFieldTemplate,
    DescriptionFieldTemplate: Nothing,
    FieldErrorTemplate: Nothing,
    FieldHelpTemplate: Nothing,
    ErrorListTemplate: Nothing,
    ButtonTemplates: { SubmitButton: Nothing },
  },
});
