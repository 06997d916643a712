/** Actions with types: declared once, then `context.actions.x(params)` and the handler agree on them. */
import { InvalidInputError } from '../../model/errors';
import type { SchemaInput, SchemaOutput, StandardSchema } from '../../model/standardSchema';
import type { Recorded, TypedAction } from '../../model/typedActions';
import type { RetryOptions } from './retryPolicy';
import {
  dispatchOf,
  type DispatchOptions,
  TransactionIsolationLevel,
  type ActionContext,
  type DatabaseActionContext,
  type RegisteredAction,
} from './types';

type Retry = Omit<RetryOptions, 'timeoutMs' | 'deadlineMs'>;

interface Common<Name extends string, Input extends StandardSchema, Output extends StandardSchema | undefined> {
  readonly name: Name;
  /** For people: what it does. */
  readonly description?: string;
  /** Checks the parameters and fills in defaults. Without it the action takes an object, unchecked. */
  readonly input?: Input;
  /** Checks the result before it is recorded. */
  readonly output?: Output;
  readonly retry?: Retry;
  /** How long one attempt may take. Default 60,000 ms. */
  readonly timeoutMs?: number;
  /** How long all attempts together may take. Unlimited unless given. */
  readonly deadlineMs?: number;
  /** Takes the place of the built-in action of this name. */
  readonly replaceBuiltIn?: boolean;
}

type Returned<Output extends StandardSchema | undefined, Result> = Output extends StandardSchema
  ? SchemaInput<Output> | Promise<SchemaInput<Output>>
  : Result | Promise<Result>;

export interface SimpleActionDefinition<
  Name extends string,
  Input extends StandardSchema,
  Output extends StandardSchema | undefined,
  Result,
> extends Common<Name, Input, Output> {
  readonly kind: 'simple';
  /** Never started twice: where nobody knows whether it happened, a person is asked. Costs one commit more. */
  readonly atMostOnce?: boolean;
  /** Runs as a job, here or on another machine. See docs/actions.md. */
  readonly dispatch?: boolean | DispatchOptions;
  readonly run: (params: SchemaOutput<Input>, context: ActionContext) => Returned<Output, Result>;
}

export interface DatabaseActionDefinition<
  Name extends string,
  Input extends StandardSchema,
  Output extends StandardSchema | undefined,
  Result,
> extends Common<Name, Input, Output> {
  readonly kind: 'database';
  /** Default READ_COMMITTED. */
  readonly isolationLevel?: TransactionIsolationLevel;
  readonly run: (params: SchemaOutput<Input>, context: DatabaseActionContext) => Returned<Output, Result>;
}

/** An action as `defineAction` makes it: register it, or list it in `defineWorkflow({ actions })`. */
export interface DefinedAction<Name extends string = string, Input = unknown, Output = unknown> extends TypedAction<
  Name,
  Input,
  Output
> {
  readonly registered: RegisteredAction;
  readonly replaceBuiltIn: boolean;
}

type ResultOf<Output extends StandardSchema | undefined, Result> = Recorded<
  Output extends StandardSchema ? SchemaOutput<Output> : Awaited<Result>
>;

/**
 * Declares an action with typed parameters and result. It does nothing until it is registered.
 * @throws InvalidInputError when `atMostOnce` is combined with more than one attempt.
 */
export function defineAction<
  const Name extends string,
  Result,
  Input extends StandardSchema = StandardSchema<Record<string, unknown>, Record<string, unknown>>,
  Output extends StandardSchema | undefined = undefined,
>(
  definition: SimpleActionDefinition<Name, Input, Output, Result>,
): DefinedAction<Name, SchemaInput<Input>, ResultOf<Output, Result>>;
export function defineAction<
  const Name extends string,
  Result,
  Input extends StandardSchema = StandardSchema<Record<string, unknown>, Record<string, unknown>>,
  Output extends StandardSchema | undefined = undefined,
>(
  definition: DatabaseActionDefinition<Name, Input, Output, Result>,
): DefinedAction<Name, SchemaInput<Input>, ResultOf<Output, Result>>;
export function defineAction(
  definition:
    | SimpleActionDefinition<string, StandardSchema, undefined, unknown>
    | DatabaseActionDefinition<string, StandardSchema, undefined, unknown>,
): DefinedAction {
  const { name, description = '', input = null, output = null, replaceBuiltIn = false } = definition;
  const base = { name, description, parameters: [], input, output, retry: retryOf(definition), builtIn: false };
  if (definition.kind === 'database') {
    const { run, isolationLevel = TransactionIsolationLevel.READ_COMMITTED } = definition;
    return { name, replaceBuiltIn, registered: { ...base, kind: 'database', isolationLevel, handler: run } };
  }
  const { run, atMostOnce = false } = definition;
  const dispatch = dispatchOf(definition);
  return { name, replaceBuiltIn, registered: { ...base, kind: 'simple', atMostOnce, dispatch, handler: run } };
}

function retryOf({
  retry,
  timeoutMs,
  deadlineMs,
}: Pick<Common<string, StandardSchema, undefined>, 'retry' | 'timeoutMs' | 'deadlineMs'>): RetryOptions {
  return {
    ...retry,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
}

/** @throws InvalidInputError for an action that must not be started twice and shall be tried again. */
export function checkAtMostOnce(name: string, atMostOnce: boolean, retry: RetryOptions | null): void {
  if (!atMostOnce || (retry?.attempts ?? 1) === 1) return;
  throw new InvalidInputError(`Action "${name}" is atMostOnce: it has one attempt. Remove retry.attempts.`);
}

export function isDefinedAction(action: TypedAction): action is DefinedAction {
  return 'registered' in action;
}
