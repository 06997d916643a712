/**
 * What a JSON Schema validator has to offer to check forms. There are two: an interpreter for the browser, where a
 * content security policy forbids compiled code, and the authority on the server. Everything around them is shared, so
 * that both come to the same answer.
 */
import type { JsonObject } from './types';

/** One broken rule, as either validator reports it. */
export interface Issue {
  /** JSON pointer to the value that breaks the rule; for `required` to the value that is not there. */
  readonly path: string;
  /** The keyword of the rule; `notAllowed` for a value that may not be there at all. */
  readonly keyword: string;
  /** What the schema says for that keyword, such as `5` for `minLength`. */
  readonly rule: unknown;
}

export interface SchemaEngine {
  /**
   * Every broken rule, the rules inside `oneOf` and `anyOf` branches left out.
   * @throws SchemaUnusableError when the schema itself cannot be understood.
   */
  issues(schema: JsonObject, value: unknown): Issue[];
  /** Whether `value` satisfies a part of `root`. A part that cannot be understood is satisfied by nothing. */
  isValid(part: JsonObject, value: unknown, root: JsonObject): boolean;
}

/** The schema of a form is broken or asks for more than is allowed: its author has to change it, not the person. */
export class SchemaUnusableError extends Error {
  override readonly name = 'SchemaUnusableError';
}
