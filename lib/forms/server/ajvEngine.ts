/**
 * The validator of the server, the only authority on an answer. Patterns run on an engine that takes linear time, so
 * that no form and no answer can block the process.
 */
import { customizeValidator } from '@rjsf/validator-ajv8';
import type { ErrorObject } from 'ajv';
import { RE2JS } from 're2js';
import { SchemaUnusableError, type Issue, type SchemaEngine } from '../engine';
import { formats } from '../formats';
import { cleanJson, isJsonObject, toPointer } from '../json';
import { resolveReference } from '../schema';
import type { JsonObject } from '../types';

/** An engine with a memory of its own: what it compiled is dropped together with it. */
export function createAjvEngine(): SchemaEngine {
  const validator = customizeValidator({
    ajvFormatOptions: false,
    customFormats: { ...formats },
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

/** The regular expressions of the validator; throws for what only a backtracking engine can do. */
function linearRegExp(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return {
    test: (text) => compiled.matcher(text).find(),
    // The validator tells patterns apart by this text.
    toString: () => `/${pattern}/linear`,
  };
}
linearRegExp.code = 'linearRegExp';

/** Rules whose inner failures say nothing to a person. */
const OPAQUE: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'contains']);

function toIssues(errors: readonly ErrorObject[], root: JsonObject): Issue[] {
  const opaque = errors.filter(({ keyword }) => OPAQUE.has(keyword));
  const inner = opaque.map((error) => ({ path: error.instancePath, schemas: schemasWithin(error.schema, root) }));
  return errors.flatMap((error) => {
    const isInner = inner.some(
      ({ path, schemas }) => isAtOrUnder(error.instancePath, path) && schemas.has(error.parentSchema as object),
    );
    const isNameRule = error.propertyName !== undefined || error.schemaPath.includes('/propertyNames/');
    return isInner || isNameRule ? [] : toIssue(error);
  });
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
