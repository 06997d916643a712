/** What an action receives and what it returned, checked against its definition. */
import { ActionResultError, UnstorableValueError, ValidationFailedError } from '../../model/errors';
import { defaultLimits, PayloadTooLargeError } from '../../model/limits';
import type { JsonObject, JsonValue } from '../../model/json';
import type { SchemaIssue } from '../../model/standardSchema';
import { encodeValue, storedCopy } from '../../model/values';
import { validateParameters } from './parameters';
import type { RegisteredAction } from './types';

export interface CheckedParameters {
  /** What the handler receives. A schema may have made dates and the like of what was sent. */
  readonly params: JsonObject;
  /** The same as the log keeps it. */
  readonly recorded: JsonObject;
}

/**
 * Checks parameters and fills in defaults. Answers at once unless the definition's schema takes its time.
 * @throws ValidationFailedError naming the action and each wrong parameter.
 */
export function checkParameters(
  definition: RegisteredAction,
  given: JsonValue | undefined,
): CheckedParameters | Promise<CheckedParameters> {
  if (definition.input === null) {
    const params = validateParameters({ action: definition.name, definitions: definition.parameters, given });
    return { params, recorded: params };
  }
  return checkBySchema(definition.name, definition.input, given ?? {});
}

async function checkBySchema(
  action: string,
  schema: NonNullable<RegisteredAction['input']>,
  given: JsonValue,
): Promise<CheckedParameters> {
  const checked = await schema['~standard'].validate(given);
  if (checked.issues) {
    const fieldErrors = checked.issues.map((issue) => ({ path: pointerOf(issue), message: issue.message }));
    const details = fieldErrors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ');
    throw new ValidationFailedError(`Action "${action}" was called with wrong parameters. ${details}`, { fieldErrors });
  }
  const params = checked.value as JsonObject;
  return { params, recorded: recordOf(action, params, given) };
}

/** What the schema made; what was sent where the log could not hold that. */
function recordOf(action: string, made: unknown, given: JsonValue): JsonObject {
  try {
    return storedCopy(made, `The parameters of action "${action}"`) as JsonObject;
  } catch (error) {
    if (error instanceof UnstorableValueError) return given as JsonObject;
    throw error;
  }
}

/**
 * The result as JSON text: at once unless a schema is to look at it.
 * @throws ActionResultError when it does not fit the output schema, or cannot be stored.
 * @throws PayloadTooLargeError
 */
export function checkResult(
  { name, output }: RegisteredAction,
  result: unknown,
  most: number = defaultLimits.payload_size.most,
): string | Promise<string> {
  return output === null ? encodeResult(name, result, most) : checkOutput(name, output, result, most);
}

async function checkOutput(
  name: string,
  output: NonNullable<RegisteredAction['output']>,
  result: unknown,
  most: number,
): Promise<string> {
  const checked = await output['~standard'].validate(result);
  if (!checked.issues) return encodeResult(name, checked.value, most);
  const details = checked.issues.map((issue) => `${pointerOf(issue)} ${issue.message}`.trim()).join(' ');
  throw new ActionResultError(`The result of action "${name}" does not fit its output schema. ${details}`);
}

function encodeResult(action: string, result: unknown, most: number): string {
  const what = `The result of action "${action}"`;
  let text: string;
  try {
    text = encodeValue(result, what, 'result');
  } catch (error) {
    throw new ActionResultError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (text.length > most) throw new PayloadTooLargeError(what, text.length, most);
  return text;
}

function pointerOf({ path = [] }: SchemaIssue): string {
  return path.map((step) => `/${String(typeof step === 'object' ? step.key : step)}`).join('');
}
