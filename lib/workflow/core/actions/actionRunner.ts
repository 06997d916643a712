/** Runs the actions that executions ask for: validation, attempts, results. */
import { ActionAbortedError, recordError, type RecordedError } from '../../model/errors';
import { decodeJson, type JsonObject, type JsonValue } from '../../model/json';
import type { ActionCall, ActionOutcome, ActionRunner } from '../../model/ports/actions';
import type { JobDispatcher } from '../../model/ports/jobs';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { ActionRegistry } from '../actionRegistry';
import { outsideWorkflow } from '../sandbox';
import { AttemptAbortedError } from './attempt';
import { runAtMostOnce, type AtMostOnceOutcome, type UncertaintyParts } from './atMostOnce';
import { Cut } from './cut';
import { checkParameters, type CheckedParameters } from './inputs';
import type { ActionResultStore, TransactionWork } from '../../model/ports/actionStores';
import { policyOf } from './policies';
import type { RetryPolicy } from './retryPolicy';
import {
  runDatabase,
  runSimple,
  type ActionClock,
  type CallFacts,
  type CallOf,
  type FailedAttempt,
} from './runHandler';
import { follow, tellUnderWay } from './underWay';
import { isolationOf, type RegisteredAction, type RegisteredSimpleAction } from './types';

export interface ActionRunnerParts {
  readonly registry: ActionRegistry;
  readonly results: ActionResultStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: ActionClock;
  /** Characters that a result may have; the default unless given. */
  readonly mostResult?: number;
  /** For actions that must not be started twice. Without it they fail. */
  readonly uncertain?: UncertaintyParts;
  /** Takes dispatched actions. Without it they run here. */
  readonly jobs?: JobDispatcher;
}

/** Runs each call to its outcome. Handlers start outside of any workflow's scope: they see the real clock and world. */
export function createActionRunner(parts: ActionRunnerParts): ActionRunner {
  const worker = new AbortController();
  const running = new Set<CallCut>();
  tellUnderWay(running);
  return {
    run: (call) => {
      const cut = new CallCut(call, worker.signal);
      running.add(cut);
      if (cut.isFollowed) return follow(cut, () => outsideWorkflow(() => runCall(parts, call, cut, running)));
      return outsideWorkflow(() => runCall(parts, call, cut, running));
    },
    interrupt: ({ executionId, why, except }) => {
      for (const cut of running) {
        if (cut.executionId === executionId && !except?.has(cut.commandId)) cut.interrupt(why);
      }
      const error = recordError(new ActionAbortedError(`The execution was ${why} while the job ran.`));
      void parts.jobs
        ?.cancel({ executionId, error, ...(except && { except: [...except] }) })
        .catch((failure: unknown) => {
          parts.logger.warn({ error: failure, executionId }, 'Jobs of an execution that ends could not be ended.');
        });
    },
    abandon: ({ executionId }) => {
      if (executionId === undefined) return worker.abort(new AttemptAbortedError());
      for (const cut of running) if (cut.executionId === executionId) cut.abort(new AttemptAbortedError());
    },
  };
}

/** What can end one call of an execution. */
class CallCut extends Cut {
  /** What the call fails with when it is ended; null: it has no outcome. */
  failure: Error | null = null;

  readonly executionId: string;
  readonly commandId: string;
  readonly isFollowed: boolean;

  constructor({ executionId, commandId, isSuspect = false }: ActionCall, worker: AbortSignal) {
    super(worker);
    this.executionId = executionId;
    this.commandId = commandId;
    this.isFollowed = isSuspect;
  }

  interrupt(why: 'canceled' | 'terminated'): void {
    if (this.aborted) return;
    this.failure = new ActionAbortedError(`The execution was ${why} while the action ran.`);
    this.abort(this.failure);
  }
}

const canceledError = (what: string) => new ActionAbortedError(`The execution was canceled while the ${what} ran.`);

async function runCall(
  parts: ActionRunnerParts,
  call: ActionCall,
  cut: CallCut,
  running: Set<CallCut>,
): Promise<ActionOutcome> {
  const { clock, metrics } = parts;
  const startedAtMs = clock.now();
  try {
    const outcome = await outcomeOf(parts, call, cut, startedAtMs);
    metrics.count({ counter: instruments.actions, labels: { outcome: outcome.status } });
    metrics.observe({ histogram: instruments.actionSeconds, value: (clock.now() - startedAtMs) / 1000 });
    return outcome;
  } finally {
    running.delete(cut);
  }
}

async function outcomeOf(
  parts: ActionRunnerParts,
  call: ActionCall,
  cut: CallCut,
  startedAtMs: number,
): Promise<ActionOutcome> {
  let params: JsonValue = call.args;
  let once = false;
  try {
    const definition = parts.registry.requireAction(call.name);
    const checking = checkParameters(definition, call.args);
    const checked = checking instanceof Promise ? await checking : checking;
    params = checked.recorded;
    if (definition.kind === 'simple' && definition.dispatch && parts.jobs) {
      return await dispatch(parts, parts.jobs, { call, cut, definition });
    }
    // What asks a person has to end the question first.
    once = definition.kind === 'simple' && definition.atMostOnce;
    if (call.isCanceled && !once) cut.interrupt('canceled');
    const outcome = await runDefinition(parts, call, { cut, checked, definition, startedAtMs });
    switch (outcome.kind) {
      case 'completed': {
        const { attempts, completedAtMs, resultText } = outcome;
        const stored = definition.kind === 'database';
        const result = decodeJson(resultText);
        return { status: 'completed', result, attempts, startedAtMs, completedAtMs, stored, params };
      }
      case 'failed':
        return failed(parts, outcome.error, { attempts: outcome.attempts, startedAtMs, params }, once);
      case 'recorded':
        return await findRecorded(parts, call, cut);
      case 'asked':
        return { status: 'deferred', taskId: outcome.taskId };
      case 'stopped':
        break;
    }
  } catch (error) {
    if (!cut.aborted) return failed(parts, error, { attempts: call.attemptsBefore + 1, startedAtMs, params }, once);
  }
  // It was ended before its time.
  if (cut.failure === null) return { status: 'ownership_lost' };
  return failed(parts, cut.failure, { attempts: call.attemptsBefore + 1, startedAtMs, params }, once);
}

function failed(
  { clock }: ActionRunnerParts,
  error: unknown,
  facts: { readonly attempts: number; readonly startedAtMs: number; readonly params: JsonValue },
  once: boolean,
): ActionOutcome {
  const recorded: RecordedError = once ? { ...recordError(error), once: true } : recordError(error);
  return { status: 'failed', error: recorded, completedAtMs: clock.now(), stored: false, ...facts };
}

/** A database that is away is waited for: dispatching again changes nothing. */
async function dispatch(
  { clock, logger }: ActionRunnerParts,
  jobs: JobDispatcher,
  {
    call,
    cut,
    definition,
  }: { readonly call: ActionCall; readonly cut: CallCut; readonly definition: RegisteredSimpleAction },
): Promise<ActionOutcome> {
  const heartbeatTimeoutMs = definition.dispatch?.heartbeatTimeoutMs ?? 0;
  while (!cut.aborted) {
    try {
      const answer = await jobs.dispatch({ call, actionName: definition.name, heartbeatTimeoutMs });
      if (call.isCanceled && answer === 'dispatched') {
        const { executionId, commandId } = call;
        await jobs.cancel({ executionId, commandId, error: recordError(canceledError('job')) });
      }
      return answer === 'dispatched' ? { status: 'deferred', taskId: null } : { status: answer };
    } catch (error) {
      const { executionId, commandId } = call;
      logger.warn({ error, executionId, commandId }, 'A job could not be dispatched; trying again.');
      await clock.pause(100 + 400 * clock.random(), cut.abortSignal);
    }
  }
  return { status: 'ownership_lost' };
}

/** The effect is committed: an outage while its result is read must not turn it into a failure. */
async function findRecorded(
  { results, clock, logger }: ActionRunnerParts,
  call: ActionCall,
  cut: CallCut,
): Promise<ActionOutcome> {
  // A recorded result counts, whoever ended the call: only the worker's own end keeps it from being read.
  while (!cut.aborted || cut.failure !== null) {
    try {
      return (await results.find({ call })) ?? { status: 'ownership_lost' };
    } catch (error) {
      const { executionId, commandId } = call;
      logger.warn({ error, executionId, commandId }, 'A recorded result could not be read; trying again.');
      await clock.pause(100 + 400 * clock.random(), cut.abortSignal);
    }
  }
  return { status: 'ownership_lost' };
}

interface Running<Definition> {
  readonly definition: Definition;
  readonly cut: CallCut;
  readonly checked: CheckedParameters;
  readonly startedAtMs: number;
}

function runDefinition(
  parts: ActionRunnerParts,
  call: ActionCall,
  running: Running<RegisteredAction>,
): Promise<AtMostOnceOutcome> {
  const { definition, startedAtMs } = running;
  const { recorded: params } = running.checked;
  if (definition.kind === 'simple') {
    const simple = new RunningCall(parts, call, { ...running, definition });
    if (!definition.atMostOnce) return runSimple(simple);
    if (!parts.uncertain) throw new Error(`This worker cannot run "${definition.name}", which is atMostOnce.`);
    const asAttempt = (attempt: number) =>
      new RunningCall(parts, { ...call, attemptsBefore: attempt - 1 }, { ...running, definition });
    return runAtMostOnce(parts.uncertain, { call, running: simple, asAttempt, recorded: params, startedAtMs });
  }
  const { results } = parts;
  const { name: actionName } = definition;
  const isolationLevel = isolationOf(definition, params);
  return runDatabase(
    Object.assign(new RunningCall(parts, call, { ...running, definition }), {
      maxOutageMs: Number.POSITIVE_INFINITY,
      isRecorded: async () => (await results.find({ call })) !== null,
      transact: (attempts: number, work: TransactionWork) =>
        results.transact({ call, actionName, isolationLevel, params, attempts, startedAtMs, work }),
    }),
  );
}

/** A call under way. A class, since there are thousands a second: its functions are made once. */
class RunningCall<Definition extends RegisteredAction> implements CallOf<Definition> {
  readonly definition: Definition;
  readonly policy: RetryPolicy;
  readonly params: JsonObject;
  readonly attemptsBefore: number;
  readonly firstStartedAtMs: number;
  readonly notBeforeMs: number;
  readonly cut: Cut;
  readonly clock: ActionClock;
  readonly mostResult: number | undefined;
  readonly about: CallFacts;
  readonly #recorded: JsonObject;
  readonly #parts: ActionRunnerParts;
  readonly #call: ActionCall;
  readonly #startedAtMs: number;

  constructor(parts: ActionRunnerParts, call: ActionCall, running: Running<Definition>) {
    const { tenant, executionId, commandId, correlationId } = call;
    this.definition = running.definition;
    this.policy = policyOf(running.definition);
    this.params = running.checked.params;
    this.#recorded = running.checked.recorded;
    this.attemptsBefore = call.attemptsBefore;
    this.firstStartedAtMs = call.firstStartedAtMs ?? running.startedAtMs;
    this.notBeforeMs = call.nextAttemptAtMs ?? 0;
    this.cut = running.cut;
    this.clock = parts.clock;
    this.mostResult = parts.mostResult;
    const idempotencyKey = `${executionId}:${commandId}`;
    this.about = { tenant, executionId, commandId, eventId: null, idempotencyKey, correlationId };
    this.#parts = parts;
    this.#call = call;
    this.#startedAtMs = running.startedAtMs;
  }

  logger(): Logger {
    const { tenant, executionId, commandId, correlationId } = this.#call;
    return this.#parts.logger.child({ tenant, executionId, commandId, correlationId, action: this.definition.name });
  }

  async onRetry({ attempts, error, nextAttemptAtMs }: FailedAttempt): Promise<'go_on' | 'stop'> {
    const inMs = nextAttemptAtMs - this.clock.now();
    this.logger().warn({ error, attempts, inMs }, 'Action failed and will be tried again.');
    const note = {
      call: this.#call,
      actionName: this.definition.name,
      params: this.#recorded,
      attempts,
      error: recordError(error),
      startedAtMs: this.#startedAtMs,
      nextAttemptAtMs,
    };
    // The note is for people and for a successor's count; without it the attempts go on all the same.
    const noted = await this.#parts.results.noteRetry(note).catch(() => 'noted' as const);
    return noted === 'ownership_lost' ? 'stop' : 'go_on';
  }
}
