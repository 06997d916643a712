/** Definitions of actions: what a registration holds and what a handler receives. */
import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy';
import type { Knex } from 'knex';
import type { Loose } from '../../model/loose';
import type { JsonObject, JsonValue } from '../../model/json';
import { InvalidInputError } from '../../model/errors';
import type { StandardSchema } from '../../model/standardSchema';
import type { TypedAction } from '../../model/typedActions';
import type { Logger } from '../../model/ports/telemetry';
import type { RetryOptions } from './retryPolicy';

export type ParameterType = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'any';

/** One parameter of an action. `any` takes every JSON value. */
export interface ActionParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly required?: boolean;
  /** Stands in where the caller gives nothing, or null. */
  readonly defaultValue?: JsonValue;
  readonly description?: string;
}

interface ValueTypes {
  string: string;
  number: number;
  boolean: boolean;
  object: Record<string, Loose>;
  array: Loose[];
  any: Loose;
}
type Given = { readonly required: true } | { readonly defaultValue: JsonValue };
type Simplify<T> = { [K in keyof T]: T[K] };

/** The parameters that a handler receives, read off its definitions. An action that declares none gets what was sent. */
export type ParametersOf<P extends readonly ActionParameter[]> = P extends readonly []
  ? Record<string, Loose>
  : Simplify<
      { [D in P[number] as D extends Given ? D['name'] : never]: ValueTypes[D['type']] } & {
        [D in P[number] as D extends Given ? never : D['name']]?: ValueTypes[D['type']];
      }
    >;

/** What every handler is told about its call. */
export interface ActionContext {
  readonly tenant: string;
  /** Inside a workflow the execution's id; outside whatever the caller named. */
  readonly executionId: string;
  /** Which call of the execution this is, such as `sendInvoiceEmail#2`; null outside a workflow. */
  readonly commandId: string | null;
  /** What the caller named as the cause; null inside a workflow. */
  readonly eventId: string | null;
  /** The same on every attempt of the same call: hand it to services that recognise repeats. */
  readonly idempotencyKey: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the action's time is over, the worker stops, or its execution is canceled or terminated. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly correlationId: string | null;
  /** Shows how far a dispatched action has come: any JSON value. Elsewhere nothing happens. */
  reportProgress(this: void, progress: unknown): void;
}

/**
 * The open transaction of a database action: `transaction('invoices').where('id', id).update({ ... })`. Queries are
 * built with knex and run when they are awaited, as the tenant's role: rows of other tenants do not exist here.
 */
export interface ActionTransaction {
  (table: string): Knex.QueryBuilder<Loose, Loose[]>;
  /** SQL with `?` for each binding. Answers with the rows. */
  raw(sql: string, bindings?: readonly unknown[]): Promise<Loose[]>;
}

export interface DatabaseActionContext extends ActionContext {
  readonly transaction: ActionTransaction;
  /** The same transaction for Drizzle. Ask for `returning()` where the number of rows matters. */
  readonly db: PgRemoteDatabase;
}

export interface ActionOptions {
  /** Which failures are tried again, and how. See docs/actions.md. */
  readonly retry?: RetryOptions;
  /** Takes the place of the built-in action of this name. */
  readonly replaceBuiltIn?: boolean;
  /** Of a simple action: never started twice. See docs/actions.md. */
  readonly atMostOnce?: boolean;
  /** Of a simple action: runs as a job. See docs/actions.md. */
  readonly dispatch?: boolean | DispatchOptions;
}

export interface DispatchOptions {
  /** When nothing was heard of a job for so long, it is dispatched again. Default 30,000 ms. */
  readonly heartbeatTimeoutMs?: number;
}

export type SimpleHandler<Params> = (params: Params, context: ActionContext) => unknown;
export type DatabaseHandler<Params> = (params: Params, context: DatabaseActionContext) => unknown;

/** As in SQL: `REPEATABLE_READ` sees one moment throughout. Postgres treats READ_UNCOMMITTED as READ_COMMITTED. */
export enum TransactionIsolationLevel {
  READ_UNCOMMITTED = 'READ UNCOMMITTED',
  READ_COMMITTED = 'READ COMMITTED',
  REPEATABLE_READ = 'REPEATABLE READ',
  SERIALIZABLE = 'SERIALIZABLE',
}

/** One level for every call, or one that the parameters decide. */
export type IsolationChoice = TransactionIsolationLevel | ((params: JsonObject) => TransactionIsolationLevel);

/** What modules that bring actions along need of a registry. */
export interface ActionRegistrar {
  registerSimpleAction<const P extends readonly ActionParameter[]>(
    name: string,
    description: string,
    parameters: P,
    handler: SimpleHandler<ParametersOf<P>>,
    options?: ActionOptions & { readonly builtIn?: boolean },
  ): void;
  registerDatabaseAction<const P extends readonly ActionParameter[]>(
    name: string,
    description: string,
    parameters: P,
    isolationLevel: IsolationChoice,
    handler: DatabaseHandler<ParametersOf<P>>,
    options?: ActionOptions & { readonly builtIn?: boolean },
  ): void;
  registerAction(action: TypedAction): void;
}

interface RegisteredBase {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly ActionParameter[];
  /** Checks what was sent, instead of `parameters`. */
  readonly input: StandardSchema | null;
  /** Checks what the handler returns. */
  readonly output: StandardSchema | null;
  readonly retry: RetryOptions | null;
  readonly builtIn: boolean;
}
export interface RegisteredSimpleAction extends RegisteredBase {
  readonly kind: 'simple';
  readonly atMostOnce: boolean;
  /** null: runs in the engine's own process. */
  readonly dispatch: Required<DispatchOptions> | null;
  readonly handler: SimpleHandler<JsonObject>;
}
export interface RegisteredDatabaseAction extends RegisteredBase {
  readonly kind: 'database';
  readonly isolationLevel: IsolationChoice;
  readonly handler: DatabaseHandler<JsonObject>;
}
export type RegisteredAction = RegisteredSimpleAction | RegisteredDatabaseAction;

/** @throws InvalidInputError for an action that is dispatched, whose repeats are decided by rows, and atMostOnce. */
export function dispatchOf({ dispatch, atMostOnce }: Pick<ActionOptions, 'dispatch' | 'atMostOnce'>) {
  if (dispatch === undefined || dispatch === false) return null;
  if (atMostOnce === true) throw new InvalidInputError('An action is either dispatched or atMostOnce.');
  return { heartbeatTimeoutMs: (dispatch === true ? undefined : dispatch.heartbeatTimeoutMs) ?? 30_000 };
}

export function isolationOf(
  { isolationLevel }: RegisteredDatabaseAction,
  params: JsonObject,
): TransactionIsolationLevel {
  return typeof isolationLevel === 'function' ? isolationLevel(params) : isolationLevel;
}
