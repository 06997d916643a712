/** The attempts of one call, until it has an outcome. Knows nothing of where results are kept. */
import { encodeJson, type JsonObject } from '../../model/json';
import type { Logger } from '../../model/ports/telemetry';
import { AttemptAbortedError, pause, runAttempt } from './attempt';
import type { TransactionOutcome, TransactionWork } from '../../model/ports/actionStores';
import { backoffMs, shouldRetry, type RetryPolicy } from './retryPolicy';
import { knexTransaction } from './transaction';
import type { ActionContext, RegisteredDatabaseAction, RegisteredSimpleAction } from './types';

export interface ActionClock {
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Resolves early when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: ActionClock = { now: Date.now, random: Math.random, pause };

export type HandlerOutcome =
  | {
      readonly kind: 'completed';
      readonly resultText: string;
      readonly completedAtMs: number;
      readonly attempts: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown; readonly attempts: number }
  /** A final result of this call is committed: look it up. */
  | { readonly kind: 'recorded' }
  /** The worker stops, or somebody else owns the call: nothing of this counts. */
  | { readonly kind: 'stopped' };

export interface FailedAttempt {
  readonly attempts: number;
  readonly error: unknown;
  readonly nextAttemptAtMs: number;
}

/** What the handler is told of its call; the rest of its context belongs to the attempt. */
export type CallFacts = Omit<ActionContext, 'attempt' | 'signal' | 'logger'>;

export interface CallOf<Definition> {
  readonly definition: Definition;
  readonly policy: RetryPolicy;
  readonly params: JsonObject;
  readonly attemptsBefore: number;
  readonly signal: AbortSignal;
  readonly clock: ActionClock;
  readonly about: CallFacts;
  /** Makes a logger that names the call. */
  logger(): Logger;
  /** Told between two attempts; `stop` ends them. */
  onRetry(failed: FailedAttempt): Promise<'go_on' | 'stop'>;
}

/** Runs a simple action: at least once, with the same idempotency key each time. */
export async function runSimple(call: CallOf<RegisteredSimpleAction>): Promise<HandlerOutcome> {
  const { definition, policy, params, signal, clock } = call;
  for (let attempt = call.attemptsBefore + 1; ; attempt += 1) {
    try {
      const resultText = await runAttempt({
        action: definition.name,
        timeoutMs: policy.timeoutMs,
        signal,
        work: async (attemptSignal) => {
          const context = new HandlerContext(call, attempt, attemptSignal);
          return encodeResult(definition.name, await definition.handler(structuredClone(params), context));
        },
      });
      return { kind: 'completed', resultText, completedAtMs: clock.now(), attempts: attempt };
    } catch (error) {
      if (error instanceof AttemptAbortedError || signal.aborted) return { kind: 'stopped' };
      if (!shouldRetry(policy, attempt, error)) return { kind: 'failed', error, attempts: attempt };
      if (!(await waitForNext(call, attempt, error))) return { kind: 'stopped' };
    }
  }
}

/** Transactions that lost to others are begun again this often before the action fails. */
const maxConflicts = 20;
/** A database that restarts cuts a handler short once. One that does so again and again objects to the handler. */
const maxCutShort = 4;

interface DatabaseCall extends CallOf<RegisteredDatabaseAction> {
  readonly transact: (attempt: number, work: TransactionWork) => Promise<TransactionOutcome>;
  /** Whether a final result of this call is committed. */
  readonly isRecorded: () => Promise<boolean>;
  /** How long an unreachable database is waited for. */
  readonly maxOutageMs: number;
}

/**
 * Runs a database action. Serialisation failures and deadlocks are tried again without counting as attempts. An
 * unreachable database is waited for; where a commit may have come through, the result is looked up before anything
 * runs again. Rejects with the outage when it lasts longer than `maxOutageMs`.
 */
export async function runDatabase(call: DatabaseCall): Promise<HandlerOutcome> {
  const { policy, signal, clock } = call;
  let attempt = call.attemptsBefore + 1;
  let conflicts = 0;
  let cutShort = 0;
  let outageSinceMs: number | null = null;
  let maybeCommitted = false;
  while (!signal.aborted) {
    const outcome = await tryOnce(call, attempt, maybeCommitted);
    if (outcome.kind !== 'unreachable') outageSinceMs = null;
    switch (outcome.kind) {
      case 'committed':
        return { ...outcome, kind: 'completed', attempts: attempt };
      case 'already_recorded':
        return { kind: 'recorded' };
      case 'ownership_lost':
        return { kind: 'stopped' };
      case 'failed':
        if (outcome.error instanceof AttemptAbortedError) return { kind: 'stopped' };
        if (!shouldRetry(policy, attempt, outcome.error)) {
          return { kind: 'failed', error: outcome.error, attempts: attempt };
        }
        if (!(await waitForNext(call, attempt, outcome.error))) return { kind: 'stopped' };
        attempt += 1;
        break;
      case 'conflict':
        conflicts += 1;
        if (conflicts > maxConflicts) return { kind: 'failed', error: outcome.error, attempts: attempt };
        await clock.pause(backoffMs({ backoffMs: 10, maxBackoffMs: 500 }, conflicts, clock.random()), signal);
        break;
      case 'unreachable':
        maybeCommitted ||= outcome.during === 'commit';
        if (outcome.during === 'work') cutShort += 1;
        if (cutShort > maxCutShort) return { kind: 'failed', error: cutShortError(call), attempts: attempt };
        outageSinceMs ??= clock.now();
        await waitForDatabase(call, outcome.error, outageSinceMs);
        break;
    }
  }
  return { kind: 'stopped' };
}
async function tryOnce(call: DatabaseCall, attempt: number, maybeCommitted: boolean): Promise<TransactionOutcome> {
  if (maybeCommitted) {
    try {
      if (await call.isRecorded()) return { kind: 'already_recorded' };
    } catch (error) {
      return { kind: 'unreachable', error, during: 'commit' };
    }
  }
  return call.transact(attempt, databaseWork(call, attempt));
}

function databaseWork(call: DatabaseCall, attempt: number): TransactionWork {
  const { definition, policy, params, signal, clock } = call;
  return (open) =>
    runAttempt({
      action: definition.name,
      timeoutMs: policy.timeoutMs,
      signal,
      work: async (attemptSignal) => {
        const ownParams = structuredClone(params);
        const transaction = knexTransaction(open);
        const context = Object.assign(new HandlerContext(call, attempt, attemptSignal), { transaction });
        const result = await definition.handler(ownParams, context);
        return { resultText: encodeResult(definition.name, result), completedAtMs: clock.now() };
      },
    });
}

async function waitForDatabase(call: DatabaseCall, error: unknown, sinceMs: number): Promise<void> {
  if (call.clock.now() - sinceMs > call.maxOutageMs) throw error;
  call.logger().warn({ error, action: call.definition.name }, 'The database was lost during an action.');
  await call.clock.pause(100 + 400 * call.clock.random(), call.signal);
}

function cutShortError(call: DatabaseCall): Error {
  return new Error(
    `The database closed the connection of action "${call.definition.name}" while it ran, each time. ` +
      'A database action must not wait for anything but its own queries: do other work in a simple action.',
  );
}

/** What a handler is told. Most ask neither for a signal nor for a logger: both are made when one does. */
class HandlerContext implements ActionContext {
  readonly tenant: string;
  readonly executionId: string;
  readonly commandId: string | null;
  readonly eventId: string | null;
  readonly idempotencyKey: string;
  readonly correlationId: string | null;
  readonly #call: CallOf<unknown>;
  readonly #signal: () => AbortSignal;
  #logger: Logger | undefined;

  constructor(
    call: CallOf<unknown>,
    readonly attempt: number,
    signal: () => AbortSignal,
  ) {
    const { about } = call;
    this.tenant = about.tenant;
    this.executionId = about.executionId;
    this.commandId = about.commandId;
    this.eventId = about.eventId;
    this.idempotencyKey = about.idempotencyKey;
    this.correlationId = about.correlationId;
    this.#call = call;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal();
  }

  get logger(): Logger {
    this.#logger ??= this.#call.logger();
    return this.#logger;
  }
}

function encodeResult(action: string, result: unknown): string {
  return encodeJson(result, `The result of action "${action}"`);
}

/** False when the call must not go on. */
async function waitForNext<D>(call: CallOf<D>, attempts: number, error: unknown): Promise<boolean> {
  const pauseMs = backoffMs(call.policy, attempts, call.clock.random());
  const next = await call.onRetry({ attempts, error, nextAttemptAtMs: call.clock.now() + pauseMs });
  if (next === 'stop') return false;
  await call.clock.pause(pauseMs, call.signal);
  return !call.signal.aborted;
}
