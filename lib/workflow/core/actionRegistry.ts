/** Actions by name: what workflows may do to the world. */
import { actionKey, actionNamePattern } from '../model/actionNames';
import { InvalidInputError, UnknownActionError } from '../model/errors';
import type { JsonObject } from '../model/json';
import type { Loose } from '../model/loose';
import type { TypedAction } from '../model/typedActions';
import { checkAtMostOnce, isDefinedAction } from './actions/defineAction';
import { hasType } from './actions/parameters';
import { retryPolicy } from './actions/retryPolicy';
import { executeStandalone, type StandaloneCall, type StandaloneHost } from './actions/standalone';
import { engineDeps } from './ambient';
import { registerGroupBuiltIns } from './actions/builtIns/groups';
import { registerHttpRequest } from './actions/builtIns/httpRequest';
import { registerPlainBuiltIns } from './actions/builtIns/plain';
import { registerSignalExecution } from './actions/builtIns/signalExecution';
import { dispatchOf } from './actions/types';
import type {
  ActionOptions,
  ActionRegistrar,
  ActionParameter,
  DatabaseHandler,
  IsolationChoice,
  ParametersOf,
  RegisteredAction,
  SimpleHandler,
} from './actions/types';

export { TransactionIsolationLevel } from './actions/types';
export type {
  ActionContext,
  ActionOptions,
  ActionParameter,
  ActionTransaction,
  DatabaseActionContext,
  RegisteredAction,
} from './actions/types';
export { defineAction } from './actions/defineAction';
export type { StandaloneCall, StandaloneHost } from './actions/standalone';

/**
 * Done by the engine itself, since it needs the execution's own commit; and what JSON looks up in whatever it is given,
 * so that `context.actions` cannot have it.
 */
const reserved: ReadonlySet<string> = new Set(['createHumanTask', 'toJSON'].map(actionKey));

/** Marks registrations that come with the product. */
interface BuiltInOption {
  readonly builtIn?: boolean;
}

export class ActionRegistry implements ActionRegistrar {
  readonly #actions = new Map<string, RegisteredAction>();
  #host: StandaloneHost | null;

  /** @param host where `executeAction` keeps its keys; without one it uses what `connectActions` gave the process. */
  constructor(host: StandaloneHost | null = null) {
    this.#host = host;
    registerPlainBuiltIns(this);
    registerHttpRequest(this, () => (this.#host ?? processActions.host)?.httpAllow ?? []);
    registerSignalExecution(this);
    registerGroupBuiltIns(this, (name) => this.requireAction(name));
  }

  /**
   * Registers an action that works outside the database. It runs at least once, with the same `idempotencyKey` on
   * every attempt.
   * @throws InvalidInputError when the name is taken (in any spelling), reserved or malformed, or a definition is wrong.
   */
  registerSimpleAction<const P extends readonly ActionParameter[]>(
    name: string,
    description: string,
    parameters: P,
    handler: SimpleHandler<ParametersOf<P>>,
    options: ActionOptions & BuiltInOption = {},
  ): void {
    this.#add(
      {
        ...base(name, description, parameters, options),
        kind: 'simple',
        atMostOnce: options.atMostOnce ?? false,
        dispatch: dispatchOf(options),
        handler: handler as SimpleHandler<JsonObject>,
      },
      options,
    );
  }

  /**
   * Registers an action whose whole effect is in the database. It happens exactly once: effect and recorded result
   * commit together.
   * @throws InvalidInputError as `registerSimpleAction` does.
   */
  registerDatabaseAction<const P extends readonly ActionParameter[]>(
    name: string,
    description: string,
    parameters: P,
    isolationLevel: IsolationChoice,
    handler: DatabaseHandler<ParametersOf<P>>,
    options: ActionOptions & BuiltInOption = {},
  ): void {
    this.#add(
      {
        ...base(name, description, parameters, options),
        kind: 'database',
        isolationLevel,
        handler: handler as DatabaseHandler<JsonObject>,
      },
      options,
    );
  }

  /**
   * Registers what `defineAction` made. The same action may come again, with each workflow that declares it.
   * @throws InvalidInputError as `registerSimpleAction` does.
   */
  registerAction(action: TypedAction): void {
    if (!isDefinedAction(action)) {
      throw new InvalidInputError(`The action "${action.name}" was not made by defineAction.`);
    }
    if (this.#actions.get(actionKey(action.name)) === action.registered) return;
    retryPolicy(action.registered.retry);
    this.#add(action.registered, action);
  }

  /** The action of this name in any spelling. */
  getAction(name: string): RegisteredAction | undefined {
    return this.#actions.get(actionKey(name));
  }

  /** @throws UnknownActionError */
  requireAction(name: string): RegisteredAction {
    const action = this.getAction(name);
    if (!action) throw new UnknownActionError(name);
    return action;
  }

  /** All actions, by name. */
  listActions(): readonly RegisteredAction[] {
    return [...this.#actions.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  /**
   * Runs an action outside any execution: once per tenant, action and idempotency key. See `executeStandalone` for the
   * errors.
   * @throws UnknownActionError
   */
  async executeAction(name: string, call: StandaloneCall): Promise<Loose> {
    const action = this.requireAction(name);
    return executeStandalone(this.#host ?? (await processHost()), action, call);
  }

  #add(action: RegisteredAction, options: Pick<ActionOptions, 'replaceBuiltIn'>): void {
    const key = actionKey(action.name);
    if (action.kind === 'simple') checkAtMostOnce(action.name, action.atMostOnce, action.retry);
    if (!actionNamePattern.test(action.name)) {
      throw new InvalidInputError(`"${action.name}" is no name for an action. Use letters, digits, "_" and "-".`);
    }
    if (reserved.has(key)) throw new InvalidInputError(`The name "${action.name}" is reserved by the engine.`);
    const taken = this.#actions.get(key);
    if (taken && !(taken.builtIn && options.replaceBuiltIn)) {
      const remedy = taken.builtIn ? 'Pass { replaceBuiltIn: true } to take its place.' : 'Choose another name.';
      throw new InvalidInputError(
        `The action "${action.name}" cannot be registered: "${taken.name}" has that name already. ${remedy}`,
      );
    }
    this.#actions.set(key, action);
  }
}

function base(
  name: string,
  description: string,
  parameters: readonly ActionParameter[],
  options: ActionOptions & BuiltInOption,
): Omit<RegisteredAction, 'kind' | 'handler' | 'isolationLevel' | 'atMostOnce' | 'dispatch'> {
  checkDefinitions(name, parameters);
  const { retry = null, builtIn = false } = options;
  retryPolicy(retry);
  return { name, description, parameters, input: null, output: null, retry, builtIn };
}

function checkDefinitions(action: string, parameters: readonly ActionParameter[]): void {
  const names = new Set<string>();
  for (const { name, type, defaultValue } of parameters) {
    if (names.has(name)) throw new InvalidInputError(`Action "${action}" declares the parameter "${name}" twice.`);
    names.add(name);
    if (defaultValue !== undefined && defaultValue !== null && !hasType(defaultValue, type)) {
      throw new InvalidInputError(`The default of parameter "${name}" of action "${action}" is not of type ${type}.`);
    }
  }
}

interface ProcessActions {
  registry?: ActionRegistry;
  host?: StandaloneHost;
}
// Kept on the global object: a bundler may evaluate this module twice in one process.
const processKey = Symbol.for('baton.actions');
const holder = globalThis as { [processKey]?: ProcessActions };
const processActions: ProcessActions = (holder[processKey] ??= {});

/** Where no process gave one, connecting the engine from the environment does. */
async function processHost(): Promise<StandaloneHost> {
  if (!processActions.host) await engineDeps();
  if (processActions.host) return processActions.host;
  throw new InvalidInputError('No database is connected for executeAction: call connectActions, or pass a host.');
}

/** Gives `executeAction` of every registry in this process, unless it has a host of its own, somewhere to keep keys. */
export function connectActions(host: StandaloneHost): void {
  processActions.host = host;
}

/** The registry of this process, the same on every call. */
export function getActionRegistry(): ActionRegistry {
  return (processActions.registry ??= new ActionRegistry());
}

/** A registry of its own, for tests and for several sets of actions in one process. */
export function createActionRegistry(host: StandaloneHost | null = null): ActionRegistry {
  return new ActionRegistry(host);
}
