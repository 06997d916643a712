/** Runs the actions that executions ask for: validation, attempts, results. */
import { setMaxListeners } from 'node:events';
import { recordError } from '../../model/errors';
import { decodeJson, type JsonObject, type JsonValue } from '../../model/json';
import type { ActionCall, ActionOutcome, ActionRunner } from '../../model/ports/actions';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';
import type { ActionRegistry } from '../actionRegistry';
import { outsideWorkflow } from '../sandbox';
import { validateParameters } from './parameters';
import type { ActionResultStore } from '../../model/ports/actionStores';
import { retryPolicy, type RetryPolicy } from './retryPolicy';
import { runDatabase, runSimple, type ActionClock, type FailedAttempt, type HandlerOutcome } from './runHandler';
import type { RegisteredAction } from './types';

export interface ActionRunnerParts {
  readonly registry: ActionRegistry;
  readonly results: ActionResultStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: ActionClock;
  /** Aborted when the worker stops or knows that it lost its lease: calls under way end as `ownership_lost`. */
  readonly signal?: AbortSignal;
}

/** Runs each call to its outcome. Handlers start outside of any workflow's scope: they see the real clock and world. */
export function createActionRunner(parts: ActionRunnerParts): ActionRunner {
  const signal = parts.signal ?? new AbortController().signal;
  // Every attempt under way listens to it: that is no leak, and Node shall not warn of one.
  setMaxListeners(0, signal);
  return {
    run: async (call) => {
      const startedAtMs = parts.clock.now();
      const outcome = await outsideWorkflow(() => runCall(parts, call, signal, startedAtMs));
      parts.metrics.count({ counter: instruments.actions, labels: { outcome: outcome.status } });
      parts.metrics.observe({
        histogram: instruments.actionSeconds,
        value: (parts.clock.now() - startedAtMs) / 1000,
      });
      return outcome;
    },
  };
}

async function runCall(
  parts: ActionRunnerParts,
  call: ActionCall,
  signal: AbortSignal,
  startedAtMs: number,
): Promise<ActionOutcome> {
  const { registry, clock } = parts;
  const failed = (error: unknown, attempts: number, params: JsonValue): ActionOutcome => ({
    status: 'failed',
    error: recordError(error),
    attempts,
    startedAtMs,
    completedAtMs: clock.now(),
    stored: false,
    params,
  });
  let params: JsonObject | null = null;
  try {
    const definition = registry.requireAction(call.name);
    params = validateParameters({ action: definition.name, definitions: definition.parameters, given: call.args });
    const outcome = await runDefinition(parts, call, signal, { definition, params, startedAtMs });
    switch (outcome.kind) {
      case 'completed': {
        const { attempts, completedAtMs, resultText } = outcome;
        const stored = definition.kind === 'database';
        const result = decodeJson(resultText);
        return { status: 'completed', result, attempts, startedAtMs, completedAtMs, stored, params };
      }
      case 'failed':
        return failed(outcome.error, outcome.attempts, params);
      case 'recorded':
        return await findRecorded(parts, call, signal);
      case 'stopped':
        return { status: 'ownership_lost' };
    }
  } catch (error) {
    if (signal.aborted) return { status: 'ownership_lost' };
    return failed(error, call.attemptsBefore + 1, params ?? call.args);
  }
}

/** The effect is committed: an outage while its result is read must not turn it into a failure. */
async function findRecorded(
  { results, clock, logger }: ActionRunnerParts,
  call: ActionCall,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  while (!signal.aborted) {
    try {
      return (await results.find({ call })) ?? { status: 'ownership_lost' };
    } catch (error) {
      const { executionId, commandId } = call;
      logger.warn({ error, executionId, commandId }, 'A recorded result could not be read; trying again.');
      await clock.pause(100 + 400 * clock.random(), signal);
    }
  }
  return { status: 'ownership_lost' };
}

function runDefinition(
  parts: ActionRunnerParts,
  call: ActionCall,
  signal: AbortSignal,
  running: { readonly definition: RegisteredAction; readonly params: JsonObject; readonly startedAtMs: number },
): Promise<HandlerOutcome> {
  const { results, clock } = parts;
  const { definition, params, startedAtMs } = running;
  const actionName = definition.name;
  const { tenant, executionId, commandId, correlationId } = call;
  const logger = (): Logger =>
    parts.logger.child({ tenant, executionId, commandId, correlationId, action: actionName });
  const onRetry = async ({ attempts, error, nextAttemptAtMs }: FailedAttempt): Promise<'go_on' | 'stop'> => {
    logger().warn({ error, attempts, inMs: nextAttemptAtMs - clock.now() }, 'Action failed and will be tried again.');
    const note = { call, actionName, params, attempts, error: recordError(error), startedAtMs, nextAttemptAtMs };
    // The note is for people and for a successor's count; without it the attempts go on all the same.
    const noted = await results.noteRetry(note).catch(() => 'noted' as const);
    return noted === 'ownership_lost' ? 'stop' : 'go_on';
  };
  const shared = {
    policy: policyOf(definition),
    params,
    attemptsBefore: call.attemptsBefore,
    signal,
    clock,
    onRetry,
    logger,
    about: {
      tenant,
      executionId,
      commandId,
      eventId: null,
      idempotencyKey: `${executionId}:${commandId}`,
      correlationId,
    },
  };
  if (definition.kind === 'simple') return runSimple({ ...shared, definition });
  return runDatabase({
    ...shared,
    definition,
    maxOutageMs: Number.POSITIVE_INFINITY,
    isRecorded: async () => (await results.find({ call })) !== null,
    transact: (attempts, work) =>
      results.transact({
        call,
        actionName,
        isolationLevel: definition.isolationLevel,
        params,
        attempts,
        startedAtMs,
        work,
      }),
  });
}

const policies = new WeakMap<RegisteredAction, RetryPolicy>();

function policyOf(definition: RegisteredAction): RetryPolicy {
  const known = policies.get(definition);
  if (known) return known;
  const policy = retryPolicy(definition.retry);
  policies.set(definition, policy);
  return policy;
}
