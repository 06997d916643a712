/**
 * The validator of the server, the only authority on an answer. Patterns run on an engine that takes linear time, so
 * that no form and no answer can block the process.
 */
import { customizeValidator } from '@rjsf/validator-ajv8';
import type Ajv from 'ajv';
import type { ErrorObject } from 'ajv';
import { SchemaUnusableError, type Issue, type SchemaEngine } from '../engine';
import { formats } from '../formats';
import { cleanJson, fromPointer, isJsonObject, ownMember, toPointer } from '../json';
import { isMultipleOf } from '../numbers';
import { resolveReference } from '../schema';
import type { JsonObject } from '../types';
import { linearPattern } from './linearPattern';

/** An engine with a memory of its own: what it compiled is dropped together with it. */
export function createAjvEngine(): SchemaEngine {
  const validator = customizeValidator({
    ajvFormatOptions: false,
    customFormats: { ...formats },
    extenderFn: withExactMultiples,
    ajvOptionsOverrides: { code: { regExp: linearRegExp }, logger: false, strict: false, validateFormats: true },
  });
  return {
    issues(schema, value) {
      const { errors, validationError } = validator.rawValidation<ErrorObject>(schema, cleanJson(value));
      if (validationError) throw new SchemaUnusableError(validationError.message, { cause: validationError });
      return errors ? toIssues(errors, schema) : [];
    },
    isValid(part, value, root) {
      return validator.isValid(part, cleanJson(value), root);
    },
  };
}

/** The validator's own `multipleOf` divides floating-point numbers and takes 0.000000001 for a whole one. */
function withExactMultiples(ajv: Ajv): Ajv {
  return ajv.removeKeyword('multipleOf').addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    errors: false,
    validate: (divisor: number, value: number) => isMultipleOf(value, divisor),
  });
}

/** The regular expressions of the validator; throws for what only a backtracking engine can do. */
function linearRegExp(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  return {
    ...linearPattern(pattern),
    // The validator tells patterns apart by this text.
    toString: () => `/${pattern}/linear`,
  };
}
linearRegExp.code = 'linearRegExp';

/** Rules whose inner failures say nothing to a person. */
const OPAQUE: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'contains']);

function toIssues(errors: readonly ErrorObject[], root: JsonObject): Issue[] {
  const opaque = errors.filter(({ keyword }) => OPAQUE.has(keyword));
  const inner = opaque.map(({ instancePath, schemaPath, schema }) => ({
    path: instancePath,
    place: `${schemaPath}/`,
    schemas: schemasWithin(schema, root),
  }));
  return errors.flatMap((error) => {
    const isInner = inner.some(
      ({ path, place, schemas }) =>
        isAtOrUnder(error.instancePath, path) &&
        (error.schemaPath.startsWith(place) || schemas.has(holderOf(error, root))),
    );
    const isNameRule = error.propertyName !== undefined || error.schemaPath.includes('/propertyNames/');
    return isInner || isNameRule ? [] : toIssue(error);
  });
}

/** The schema whose rule is broken; for a `false` in place of a schema, the one that holds it. */
function holderOf(error: ErrorObject, root: JsonObject): object {
  if (typeof error.parentSchema === 'object') return error.parentSchema;
  let current: unknown = root;
  let holder: object = root;
  for (const segment of fromPointer(decodeURIComponent(error.schemaPath.slice(1)))) {
    if (typeof current === 'object' && current !== null) holder = current;
    current = Array.isArray(current) ? (current as unknown[])[Number(segment)] : ownMember(current, segment);
  }
  return holder;
}

function isAtOrUnder(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Every schema object inside `value`, references followed: the error of a branch names the schema it came from. */
function schemasWithin(value: unknown, root: JsonObject): ReadonlySet<object> {
  const found = new Set<object>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || found.has(part)) return;
    found.add(part);
    if (isJsonObject(part) && part.$ref !== undefined) visit(resolveReference(root, part.$ref));
    for (const member of Object.values(part)) visit(member);
  };
  visit(value);
  return found;
}

function toIssue(error: ErrorObject): Issue[] {
  const { instancePath: path, keyword, schema: rule } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  const under = (name: unknown) => `${path}${toPointer([String(name)])}`;
  switch (keyword) {
    case 'if':
      return [];
    case 'required':
      return [{ path: under(params.missingProperty), keyword, rule: true }];
    case 'dependencies':
      return [{ path: under(params.missingProperty), keyword, rule: true }];
    case 'additionalProperties':
      return [{ path: under(params.additionalProperty), keyword: 'notAllowed', rule: false }];
    case 'additionalItems':
      return extraEntries(error.data, Number(params.limit)).map((index) => ({
        path: under(index),
        keyword: 'notAllowed',
        rule: false,
      }));
    case 'false schema':
      return [{ path, keyword: 'notAllowed', rule: false }];
    default:
      return [{ path, keyword, rule }];
  }
}

function extraEntries(list: unknown, limit: number): number[] {
  return Array.isArray(list) ? [...list.keys()].slice(limit) : [];
}
