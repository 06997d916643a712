import { ActionRegistry } from '../../core/actionRegistry';
import { actionKey } from '../../model/actionNames';
import { registerEmitEvent, type EmitEvent } from '../../core/actions/builtIns/emitEvent';
import type { ActionRegistrar, RegisteredAction, RegisteredSimpleAction } from '../../core/actions/types';
import type { JsonObject } from '../../model/json';
import type { ActionStandIn, Scenario } from './scenario';

/** Handlers that really run: time must not pass under them. */
export interface Busy {
  readonly calls: Set<Promise<unknown>>;
}

/**
 * The product's registry with some handlers replaced. What is registered keeps its parameters and retry policy; what is
 * not takes any parameters.
 */
export class StandInRegistry extends ActionRegistry {
  readonly #standIns: ReadonlyMap<string, readonly [name: string, standIn: ActionStandIn]>;
  readonly #actions = new Map<string, RegisteredAction>();
  readonly #busy: Busy | null;
  readonly #needsStandIn: (action: RegisteredAction | undefined) => boolean;
  /** What is registered until then meets the real actions. */
  #isComplete = false;
  /** Set once the workflow called an action that nobody said anything about. */
  missing: MissingStandInError | null = null;

  constructor(
    { actions = {}, register }: Pick<Scenario, 'actions' | 'register'>,
    options: {
      readonly busy: Busy | null;
      /** Which actions must not run for real; unknown ones always need a stand-in. */
      readonly needsStandIn: (action: RegisteredAction | undefined) => boolean;
      readonly emit?: EmitEvent;
      /** Puts others into the place of built-ins. */
      readonly builtIns?: (registry: ActionRegistrar) => void;
    },
  ) {
    super();
    this.#busy = options.busy;
    this.#needsStandIn = options.needsStandIn;
    this.#standIns = new Map(Object.entries(actions).map(([name, standIn]) => [actionKey(name), [name, standIn]]));
    if (options.emit) registerEmitEvent(this, options.emit);
    options.builtIns?.(this);
    register?.(this);
    this.#isComplete = true;
  }

  override getAction(name: string): RegisteredAction | undefined {
    if (!(#isComplete in this) || !this.#isComplete) return super.getAction(name);
    const key = actionKey(name);
    const known = this.#actions.get(key);
    if (known) return known;
    const action = this.#replaced(name, super.getAction(name));
    if (action) this.#actions.set(key, action);
    return action;
  }

  #replaced(name: string, real: RegisteredAction | undefined): RegisteredAction | undefined {
    const standIn = this.#standIns.get(actionKey(name));
    if (standIn) return this.#withHandler(standIn[0], real, standIn[1]);
    if (!this.#needsStandIn(real)) return real;
    return this.#withHandler(name, real, () => {
      this.missing ??= new MissingStandInError(name);
      throw this.missing;
    });
  }

  #withHandler(name: string, real: RegisteredAction | undefined, standIn: ActionStandIn): RegisteredAction {
    const handler = (params: JsonObject, context: Parameters<ActionStandIn>[1]): unknown => {
      const answer: unknown = standIn(params, context);
      if (!(answer instanceof Promise)) return answer;
      this.#watch(answer, context.signal);
      return answer;
    };
    // One in a transaction stays one: its group asks for that.
    return real?.kind === 'database' ? { ...real, handler } : { ...unknownAction(name), ...real, handler };
  }

  /** Until it answers, or is not listened to any more. */
  #watch(answer: Promise<unknown>, signal: AbortSignal): void {
    const { calls } = this.#busy ?? {};
    if (!calls) return;
    const call = new Promise<void>((resolve) => {
      const over = () => resolve();
      answer.then(over, over);
      signal.addEventListener('abort', over, { once: true });
    });
    calls.add(call);
    void call.then(() => calls.delete(call));
  }
}

/** What an action is where nobody registered it: it takes any parameters and is tried once. */
function unknownAction(name: string): RegisteredSimpleAction {
  const registry = new ActionRegistry();
  registry.registerSimpleAction(name, 'A stand-in.', [], () => null, { replaceBuiltIn: true });
  return registry.requireAction(name) as RegisteredSimpleAction;
}

/** The test did not say what an action does. */
export class MissingStandInError extends Error {
  readonly code = 'missing_stand_in';
  constructor(name: string) {
    super(
      `The workflow calls the action "${name}". Say what it does: testWorkflow(..., { actions: { ${name}: ... } }).`,
    );
    this.name = 'MissingStandInError';
  }
}
