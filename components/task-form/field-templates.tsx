import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  CyclicSchemaExpandProps,
  MultiSchemaFieldTemplateProps,
  ObjectFieldTemplateProps,
  RJSFSchema,
  UnsupportedFieldProps,
} from '@rjsf/utils';
import { Icon } from '@/components/ui/icons';
import { displayText } from '@/lib/forms/display';
import { toPointer, valueAt } from '@/lib/forms/json';
import { uiOption } from '@/lib/forms/schema';
import {
  controlKind,
  descriptionId,
  errorId,
  fieldLabel,
  helpId,
  labelId,
  textOf,
  type TaskFieldTemplateProps,
  type TaskFormContext,
} from './context';
import { FieldError } from './FieldError';
import type { FormData } from './rjsfValidator';

/** One question: its name, the control, what helps to answer it and what is wrong with the answer. */
export function FieldTemplate(props: TaskFieldTemplateProps) {
  const { id, hidden, readonly, schema, registry, children, rawErrors } = props;
  const kind = controlKind(schema, props.uiSchema ?? {}, props.required ?? false);
  // A constant is no question; it tells the branches of a form apart.
  if (hidden || schema.const !== undefined) return <div hidden>{children}</div>;
  if (kind === 'container') {
    return (
      <>
        {children}
        <FieldError id={errorId(id)} message={rawErrors?.[0]} />
      </>
    );
  }
  if (readonly) return <ReadOnlyField {...props} />;
  const description = props.rawDescription ? textOf(registry, props.rawDescription) : '';
  const help = props.rawHelp ? textOf(registry, props.rawHelp) : '';
  return (
    <div className="field">
      {kind !== 'box' && <FieldLabel {...props} isGroup={kind === 'cards' || kind === 'boxes'} />}
      {description !== '' && kind !== 'box' && (
        <p className="help" id={descriptionId(id)}>
          {description}
        </p>
      )}
      {children}
      {description !== '' && kind === 'box' && (
        <p className="help" id={descriptionId(id)}>
          {description}
        </p>
      )}
      {help !== '' && (
        <p className="help" id={helpId(id)}>
          {help}
        </p>
      )}
      <FieldError id={errorId(id)} message={rawErrors?.[0]} />
    </div>
  );
}

function FieldLabel({ isGroup, ...props }: TaskFieldTemplateProps & { readonly isGroup: boolean }) {
  const { id, schema, required, fieldPathId, registry, uiSchema } = props;
  const currency = uiOption(uiSchema ?? {}, 'currency');
  const isAsked = required || registry.formContext.requiredByOutcome.includes(toPointer(fieldPathId.path));
  const name = (
    <>
      {fieldLabel(registry, schema, uiSchema ?? {}, fieldPathId.path)}
      {typeof currency === 'string' && <span className="muted"> in {currency}</span>}
      {!isAsked && <span className="muted"> (optional)</span>}
    </>
  );
  const className = uiOption(uiSchema ?? {}, 'label') === false ? 'label vh' : 'label';
  return isGroup ? (
    <span className={className} id={labelId(id)}>
      {name}
    </span>
  ) : (
    <label className={className} id={labelId(id)} htmlFor={id}>
      {name}
    </label>
  );
}

/** Reads as text, not as a field that refuses to be changed. */
function ReadOnlyField({ id, schema, uiSchema, registry, formData, fieldPathId }: TaskFieldTemplateProps) {
  const { texts, projected } = registry.formContext;
  const value: unknown = formData ?? valueAt(projected, fieldPathId.path);
  const Title = fieldPathId.path.length === 1 ? 'h2' : 'span';
  return (
    <div className="told" role="group" id={id} aria-labelledby={labelId(id)}>
      <Title className="label" id={labelId(id)}>
        {fieldLabel(registry, schema, uiSchema ?? {}, fieldPathId.path)}
      </Title>
      <p className="told-text">{displayText([schema], uiSchema ?? {}, value, texts)}</p>
    </div>
  );
}

export function ObjectFieldTemplate(props: ObjectFieldTemplateProps<FormData, RJSFSchema, TaskFormContext>) {
  const { fieldPathId, schema, uiSchema, properties, registry } = props;
  const fields = properties.map((property) => property.content);
  if (fieldPathId.path.length === 0) return <div className="fields">{fields}</div>;
  // A choice between groups has its fields in the chosen one.
  if (fields.length === 0) return null;
  const description = schema.description ? textOf(registry, schema.description) : '';
  return (
    <fieldset className="group" id={fieldPathId.$id}>
      <legend className="label">{fieldLabel(registry, schema, uiSchema ?? {}, fieldPathId.path)}</legend>
      {description !== '' && <p className="help">{description}</p>}
      <div className="fields">{fields}</div>
    </fieldset>
  );
}

export function ArrayFieldTemplate(props: ArrayFieldTemplateProps<FormData, RJSFSchema, TaskFormContext>) {
  const { fieldPathId, schema, items, canAdd, readonly, disabled, registry, uiSchema, onAddClick } = props;
  const name = fieldLabel(registry, schema, uiSchema ?? {}, fieldPathId.path);
  const description = uiOption(uiSchema ?? {}, 'description') ?? schema.description;
  return (
    <fieldset className="group" id={fieldPathId.$id}>
      <legend className="label">{name}</legend>
      {typeof description === 'string' && <p className="help">{textOf(registry, description)}</p>}
      {items.length === 0 && <p className="help">Nothing here yet.</p>}
      <div className="entries">{items}</div>
      {canAdd && !readonly && (
        <button className="btn add" type="button" disabled={disabled} onClick={onAddClick}>
          <Icon name="plus" />
          Add to {name}
        </button>
      )}
    </fieldset>
  );
}

export function ArrayFieldItemTemplate(props: ArrayFieldItemTemplateProps<FormData, RJSFSchema, TaskFormContext>) {
  const { children, index, buttonsProps, hasToolbar, readonly } = props;
  const { disabled, hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem } = buttonsProps;
  const entry = `entry ${index + 1}`;
  return (
    <div className="entry">
      <div className="entry-fields">{children}</div>
      {hasToolbar && !readonly && (
        <div className="entry-acts">
          {(hasMoveUp || hasMoveDown) && (
            <>
              <button
                className="btn btn-ghost btn-icon turned"
                type="button"
                aria-label={`Move ${entry} up`}
                disabled={disabled || !hasMoveUp}
                onClick={onMoveUpItem}
              >
                <Icon name="down" />
              </button>
              <button
                className="btn btn-ghost btn-icon"
                type="button"
                aria-label={`Move ${entry} down`}
                disabled={disabled || !hasMoveDown}
                onClick={onMoveDownItem}
              >
                <Icon name="down" />
              </button>
            </>
          )}
          {hasRemove && (
            <button
              className="btn btn-ghost btn-icon"
              type="button"
              aria-label={`Remove ${entry}`}
              disabled={disabled}
              onClick={onRemoveItem}
            >
              <Icon name="x" />
            </button>
          )}
        </div>
      )}
    </div>
  );
}

export function MultiSchemaFieldTemplate({
  selector,
  optionSchemaField,
}: MultiSchemaFieldTemplateProps<FormData, RJSFSchema, TaskFormContext>) {
  return (
    <div className="fields">
      {selector}
      {optionSchemaField}
    </div>
  );
}

/** A part that has the same part within it is drawn when somebody asks for it: it has no end. */
export function CyclicSchemaExpandTemplate({
  fieldPathId,
  schema,
  uiSchema,
  registry,
  onExpand,
}: CyclicSchemaExpandProps<FormData, RJSFSchema, TaskFormContext>) {
  return (
    <button className="btn add" type="button" id={fieldPathId.$id} onClick={() => onExpand(fieldPathId.$id)}>
      <Icon name="plus" />
      Open {fieldLabel(registry, schema, uiSchema ?? {}, fieldPathId.path)}
    </button>
  );
}

export function UnsupportedFieldTemplate({
  fieldPathId,
}: UnsupportedFieldProps<FormData, RJSFSchema, TaskFormContext>) {
  return (
    <p className="help" id={fieldPathId.$id}>
      A part of this form cannot be shown here. You can still send the rest.
    </p>
  );
}
