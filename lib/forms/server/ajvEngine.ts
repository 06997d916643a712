/**
 * The validator of the server, the only authority on an answer. Patterns run on an engine that takes linear time, so
 * that no form and no answer can block the process.
 */
import { customizeValidator } from '@rjsf/validator-ajv8';
import type Ajv from 'ajv';
import type { ErrorObject } from 'ajv';
import { SchemaUnusableError, type SchemaEngine } from '../engine';
import { formats } from '../formats';
import { cleanJson } from '../json';
import { isMultipleOf } from '../numbers';
import { ajvIssues } from './ajvIssues';
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
      return errors ? ajvIssues(errors, schema) : [];
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
