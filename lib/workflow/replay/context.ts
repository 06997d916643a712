/** The `WorkflowContext` that author code sees, over the few things an instance can do. */
import { canonicalActionName } from '../model/actionNames';
import { durationMs, storableInstant } from '../model/durations';
import { ForbiddenInWorkflowError, InvalidInputError, isOnceOnly } from '../model/errors';
import type { WorkflowEvent } from '../model/events';
import type { LogLevel } from '../model/history';
import { decodeJson, encodeJson, type JsonObject, type JsonValue } from '../model/json';
import type { Loose } from '../model/loose';
import { checkedMatch } from '../model/match';
import { detailsOf, messageOf } from '../model/messages';
import { assertStorable, assertStorableName } from '../model/storable';
import { encodeValue } from '../model/values';
import { combinatorsOf, type BranchHost } from './branches';
import { planGroup } from './actionGraph';
import { runGroup, transactGroupOf, type GroupCall } from './actionGroup';
import type {
  EmitOptions,
  WaitOptions,
  WorkflowActions,
  WorkflowContext,
  WorkflowData,
  WorkflowEvents,
  WorkflowLogger,
} from '../model/workflow';
import { childrenOf, type ChildHost } from './childCalls';
import { checkedTask, tasksOf, type TaskCallHost } from './taskCalls';

export interface ContextHost extends ChildHost, BranchHost, TaskCallHost {
  readonly executionId: string;
  readonly tenant: string;
  readonly trigger: WorkflowEvent;
  readonly initialData: JsonObject;
  nowMs(): number;
  uuid(): string;
  state(): string | null;
  /** The stored text of a key. */
  data(key: string): string | undefined;
  setState(state: string): void;
  setData(key: string, text: string): void;
  log(level: LogLevel, message: string, data: JsonValue): void;
  action(name: string, argsText: string, isUndo?: true): Promise<unknown>;
  sleepUntil(fireAtMs: number): Promise<void>;
  /** Text of the data of the next run; null: what this one has set so far. */
  continueAsNew(dataText: string | null): Promise<never>;
  patched(patchId: string): boolean;
  deprecatePatch(patchId: string): void;
}

export function createContext(host: ContextHost): WorkflowContext {
  return new RunContext(host);
}

/**
 * Most executions use little of it, and thousands are kept: its parts are made when they are asked for. Functions come
 * from getters, since code may take them out of the context before it calls them.
 */
class RunContext implements WorkflowContext {
  readonly executionId: string;
  readonly tenant: string;
  readonly parent: WorkflowContext['parent'];
  readonly #host: ContextHost;
  #input: WorkflowContext['input'] | null = null;
  #actions: WorkflowActions | null = null;
  #events: WorkflowEvents | null = null;
  #data: WorkflowData | null = null;
  #logger: WorkflowLogger | null = null;

  constructor(host: ContextHost) {
    this.#host = host;
    this.executionId = host.executionId;
    this.tenant = host.tenant;
    this.parent = host.parent && { executionId: host.parent.executionId };
  }

  get input() {
    return (this.#input ??= freshInput(this.#host));
  }

  get actions() {
    return (this.#actions ??= actionsOf(this.#host));
  }

  get events() {
    return (this.#events ??= eventsOf(this.#host));
  }

  get data() {
    return (this.#data ??= dataOf(this.#host));
  }

  get logger() {
    return (this.#logger ??= loggerOf(this.#host));
  }

  get tasks() {
    return tasksOf(this.#host);
  }

  get children() {
    return childrenOf(this.#host);
  }

  get executeActions(): WorkflowContext['executeActions'] {
    const host = this.#host;
    return async (members, options = {}) => {
      const plan = planGroup(members, options);
      const group = {
        run: async ({ actionName, parameters, isUndo }: GroupCall) => callAction(host, actionName, parameters, isUndo),
        pause: (ms: number) => host.sleepUntil(host.nowMs() + ms),
        // By the log, not by the definition of today: a replay answers the same.
        mayRetry: (_: string, error: unknown) => !isOnceOnly(error),
      };
      return options.transaction === true ? transactGroupOf(plan, group) : runGroup(plan, group);
    };
  }

  get setState(): WorkflowContext['setState'] {
    return (state) => {
      if (typeof state !== 'string' || state === '')
        throw new InvalidInputError('setState needs a text that is not empty.');
      assertStorable(state, 'The state');
      this.#host.setState(state);
    };
  }

  get getCurrentState(): WorkflowContext['getCurrentState'] {
    return () => this.#host.state();
  }

  get sleep(): WorkflowContext['sleep'] {
    return (duration) => this.#host.sleepUntil(this.#host.nowMs() + durationMs(duration, 'sleep'));
  }

  get sleepUntil(): WorkflowContext['sleepUntil'] {
    return (instant) => {
      const given: unknown = instant;
      const at = given instanceof Date ? given.getTime() : Date.parse(typeof given === 'string' ? given : '');
      if (Number.isNaN(at)) {
        const form = 'Give a Date, or text like 2026-12-24T12:00:00Z';
        throw new InvalidInputError(`sleepUntil needs a date, not "${messageOf(given)}". ${form}.`);
      }
      return this.#host.sleepUntil(storableInstant(at));
    };
  }

  get all() {
    return combinatorsOf(this.#host).all;
  }

  get race() {
    return combinatorsOf(this.#host).race;
  }

  get scope() {
    return combinatorsOf(this.#host).scope;
  }

  get patched(): WorkflowContext['patched'] {
    return (patchId) => this.#host.patched(checkedPatch(patchId));
  }

  get deprecatePatch(): WorkflowContext['deprecatePatch'] {
    return (patchId) => this.#host.deprecatePatch(checkedPatch(patchId));
  }

  get continueAsNew(): WorkflowContext['continueAsNew'] {
    return (data) =>
      this.#host.continueAsNew(data === undefined ? null : encodeValue(data, 'What continueAsNew is given', 'data'));
  }
}

function dataOf(host: ContextHost): WorkflowData {
  return {
    get<T = Loose>(key: string) {
      const text = host.data(key);
      return (text === undefined ? undefined : decodeJson(text)) as T;
    },
    set(key, value) {
      assertStorableName(key, 'The key of data.set');
      host.setData(key, encodeValue(value, `data.set('${key}')`, 'value'));
    },
  };
}

function checkedPatch(patchId: unknown): string {
  if (typeof patchId === 'string' && patchId !== '') {
    assertStorable(patchId, 'The id of a patch');
    return patchId;
  }
  throw new InvalidInputError('patched needs the id of the change: a text that is not empty.');
}

/** Copies, so that a workflow that changes its input sees the same as in a replay. */
function freshInput(host: ContextHost): WorkflowContext['input'] {
  return JSON.parse(
    encodeJson({ triggerEvent: host.trigger, data: host.initialData }, 'input'),
  ) as WorkflowContext['input'];
}

function actionsOf(host: ContextHost): WorkflowActions {
  return new Proxy({} as WorkflowActions, new ActionCalls(host));
}

/** A class, as all that is made anew for each execution: its functions are made once. */
class ActionCalls implements ProxyHandler<WorkflowActions> {
  readonly #host: ContextHost;

  constructor(host: ContextHost) {
    this.#host = host;
  }

  get(_: WorkflowActions, name: string | symbol) {
    // A context that is returned from an async function must not look like a promise.
    if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined;
    const host = this.#host;
    return (params?: unknown) => callAction(host, name, params);
  }

  set(): never {
    throw new ForbiddenInWorkflowError('Assigning to context.actions', 'Register actions in workflows/actions.');
  }
}

function callAction(host: ContextHost, name: string, params: unknown, isUndo?: true): Promise<unknown> {
  const canonical = canonicalActionName(name);
  if (canonical === 'createHumanTask')
    return host.createTask(encodeValue(checkedTask(params), 'What createHumanTask is given'));
  assertStorableName(canonical, 'The name of an action');
  const text = encodeValue(params ?? {}, `What action ${name} is given`, 'parameters');
  return host.action(canonical, text, isUndo);
}

function eventsOf(host: ContextHost): WorkflowEvents {
  const events = {
    waitFor(name: string | readonly string[], options?: WaitOptions) {
      const names = typeof name === 'string' ? [name] : [...name];
      if (names.length === 0 || names.some((each) => typeof each !== 'string' || each === '')) {
        throw new InvalidInputError('waitFor needs the name of an event, or a list of names.');
      }
      assertStorable([names, options?.match], 'What waitFor asks for');
      const match = options?.match === undefined ? null : checkedMatch(options.match);
      return host.waitFor(
        names,
        options?.timeout === undefined ? null : durationMs(options.timeout, 'The timeout of waitFor'),
        match,
      );
    },
    async emit(name: string, payload?: unknown, options?: EmitOptions) {
      assertStorableName(name, 'The name of an event');
      const to = options?.to ?? 'bus';
      const event = { name, payload: payload ?? null };
      if (to === 'bus') await host.action('emitEvent', encodeValue(event, `Event ${name}`));
      else {
        const executionId = receiverOf(host, to);
        await host.action('signalExecution', encodeValue({ executionId, ...event }, `Event ${name}`));
      }
    },
  };
  return events as WorkflowEvents;
}

function receiverOf(host: ContextHost, to: Exclude<EmitOptions['to'], 'bus'>): string {
  if (to !== 'parent') return to.executionId;
  if (host.parent) return host.parent.executionId;
  throw new InvalidInputError('events.emit to the parent needs one: nobody started this execution as a child.');
}

function loggerOf(host: ContextHost): WorkflowLogger {
  return {
    debug(message, data) {
      host.log('debug', messageOf(message), loggable(data));
    },
    info(message, data) {
      host.log('info', messageOf(message), loggable(data));
    },
    warn(message, data) {
      host.log('warn', messageOf(message), loggable(data));
    },
    error(message, data) {
      host.log('error', messageOf(message), loggable(data));
    },
  };
}

function loggable(data: unknown): JsonValue {
  return data instanceof Error ? { name: messageOf(data.name), message: messageOf(data.message) } : detailsOf(data);
}
