import type { FieldPathList, FieldTemplateProps, Registry, RJSFSchema, UiSchema, WidgetProps } from '@rjsf/utils';
import { choicesOf, type Choice } from '@/lib/forms/choices';
import { shownText } from '@/lib/forms/projection';
import { labelOf, typesOf, uiOption } from '@/lib/forms/schema';
import type { FormTexts, JsonObject } from '@/lib/forms/types';
import { MUST_BE_TRUE } from './render-schema';
import type { FormData } from './rjsfValidator';

/** What every field of a task form knows besides its own schema. */
export interface TaskFormContext {
  readonly texts: FormTexts;
  /** What the form showed before anybody typed: read-only fields show this. */
  readonly projected: JsonObject;
  /** Fields that some outcome asks for, as JSON pointers: they are not called optional. */
  readonly requiredByOutcome: readonly string[];
}

export type TaskWidgetProps = WidgetProps<FormData, RJSFSchema, TaskFormContext>;
export type TaskFieldTemplateProps = FieldTemplateProps<FormData, RJSFSchema, TaskFormContext>;
export type TaskUiSchema = UiSchema<FormData, RJSFSchema, TaskFormContext>;
type TaskRegistry = Registry<FormData, RJSFSchema, TaskFormContext>;

/** How a field is answered; decides which element carries its name. */
export type ControlKind = 'box' | 'cards' | 'boxes' | 'select' | 'input' | 'container';

const MAX_CARDS_WITHOUT_ASKING = 7;

/** The control for a field. Choices that explain themselves become cards, since a drop-down cannot show why. */
export function controlKind(schema: JsonObject, ui: JsonObject, required: boolean): ControlKind {
  const widget = uiOption(ui, 'widget');
  const choices = choicesOf([schema]);
  const types = typesOf([schema]);
  if (types.includes('array')) {
    const items = schema.items;
    const offersChoices = typeof items === 'object' && items !== null && choicesOf([items as JsonObject]);
    return offersChoices && (schema.uniqueItems === true || widget === 'checkboxes') ? 'boxes' : 'container';
  }
  if (choices) {
    const explained = choices.some((choice) => choice.description !== undefined);
    const isCards =
      widget === 'radio' || (explained && widget !== 'select' && choices.length <= MAX_CARDS_WITHOUT_ASKING);
    return isCards ? 'cards' : 'select';
  }
  if (types.includes('boolean')) return booleanKind(widget, required && schema[MUST_BE_TRUE] !== true);
  return types.includes('object') || schema.properties !== undefined || schema.oneOf !== undefined
    ? 'container'
    : 'input';
}

/** An untouched box says nothing, so a question that has to be answered shows both answers. */
function booleanKind(widget: unknown, needsAnswer: boolean): ControlKind {
  if (widget === 'select') return 'select';
  return widget === 'radio' || needsAnswer ? 'cards' : 'box';
}

/** What a field is called: as its form says, else its name in words; an entry of a list by its place. */
export function fieldLabel(registry: TaskRegistry, schema: JsonObject, ui: JsonObject, path: FieldPathList): string {
  const name = path.at(-1) ?? '';
  const own = labelOf([schema], ui, '');
  if (own !== '') return textOf(registry, own);
  return typeof name === 'number' ? `Entry ${name + 1}` : labelOf([], {}, name);
}

/** The choices of a field, with yes and no for a boolean. */
export function choicesFor(schema: JsonObject): readonly Choice[] {
  const items = schema.items;
  const own = choicesOf([schema]) ?? (isSchema(items) ? choicesOf([items]) : undefined);
  return (
    own ?? [
      { value: true, title: 'Yes' },
      { value: false, title: 'No' },
    ]
  );
}

function isSchema(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of the form with its placeholders filled in. */
export function textOf(registry: TaskRegistry, text: string): string {
  return shownText(registry.formContext.texts, text);
}

export const labelId = (id: string) => `${id}__label`;
export const descriptionId = (id: string) => `${id}__description`;
export const helpId = (id: string) => `${id}__help`;
export const errorId = (id: string) => `${id}__error`;

export interface FieldNotes {
  readonly description: string;
  readonly help: string;
  readonly error: string;
}

/** The ids of the notes that are there; undefined when there are none, so that no id leads nowhere. */
export function describedBy(id: string, notes: FieldNotes): string | undefined {
  const ids = [
    notes.description !== '' && descriptionId(id),
    notes.help !== '' && helpId(id),
    notes.error !== '' && errorId(id),
  ].filter((entry) => entry !== false);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

/** The notes of the field a widget stands in. */
export function notesOf({ schema, options, rawErrors, registry }: TaskWidgetProps): FieldNotes {
  const description: unknown = options.description ?? schema.description;
  const help: unknown = options.help;
  return {
    description: typeof description === 'string' ? textOf(registry, description) : '',
    help: typeof help === 'string' ? textOf(registry, help) : '',
    error: rawErrors?.[0] ?? '',
  };
}

/** Attributes that every control has: its state in words a screen reader understands. */
export function ariaOf(props: TaskWidgetProps) {
  return {
    'aria-describedby': describedBy(props.id, notesOf(props)),
    'aria-invalid': (props.rawErrors?.length ?? 0) > 0 || undefined,
    'aria-required': props.required || undefined,
  };
}
