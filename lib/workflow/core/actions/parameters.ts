import { ValidationFailedError, type FieldError } from '../../model/errors';
import type { JsonObject, JsonValue } from '../../model/json';
import type { ActionParameter, ParameterType } from './types';

/**
 * Checks what a caller sent against an action's definitions and fills in defaults. null counts as not given. Nothing
 * is converted: the text "12" is no number. An action that declares no parameters receives what was sent, unchecked.
 * @throws ValidationFailedError naming the action and each wrong parameter.
 */
export function validateParameters({
  action,
  definitions,
  given,
}: {
  readonly action: string;
  readonly definitions: readonly ActionParameter[];
  readonly given: JsonValue | undefined;
}): JsonObject {
  const sent = given ?? {};
  if (!isObject(sent)) {
    throw new ValidationFailedError(`Action "${action}" takes one object with its parameters, not ${kindOf(sent)}.`, {
      fieldErrors: [{ path: '', message: 'Pass an object.' }],
    });
  }
  if (definitions.length === 0) return sent;
  const errors: FieldError[] = [];
  const checked: Record<string, JsonValue> = {};
  for (const { name, type, required, defaultValue } of definitions) {
    const value = (Object.hasOwn(sent, name) ? sent[name] : null) ?? defaultValue ?? null;
    if (value === null) {
      if (required) errors.push({ path: `/${name}`, message: `Parameter "${name}" is required.` });
    } else if (hasType(value, type)) {
      checked[name] = value;
    } else {
      errors.push({
        path: `/${name}`,
        message: `Parameter "${name}" must be ${articles[type]}, not ${kindOf(value)}.`,
      });
    }
  }
  for (const name of Object.keys(sent)) {
    if (sent[name] === undefined || definitions.some((definition) => definition.name === name)) continue;
    const known = definitions.map((definition) => definition.name).join(', ');
    errors.push({ path: `/${name}`, message: `Parameter "${name}" is not declared. It takes: ${known}.` });
  }
  if (errors.length > 0) {
    const details = errors.map((error) => error.message).join(' ');
    throw new ValidationFailedError(`Action "${action}" was called with wrong parameters. ${details}`, {
      fieldErrors: errors,
    });
  }
  return checked;
}

const articles: Readonly<Record<ParameterType, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  any: 'a value',
};

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is what a parameter of this type takes. */
export function hasType(value: JsonValue, type: ParameterType): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
  }
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : `the ${typeof value} ${String(value)}`;
}
