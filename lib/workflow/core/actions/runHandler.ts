/** The attempts of one call, until it has an outcome. Knows nothing of where results are kept. */
import type { JsonObject } from '../../model/json';
import type { Logger } from '../../model/ports/telemetry';
import { AttemptAbortedError, pause, runAttempt } from './attempt';
import { drizzleTransaction } from './drizzleTransaction';
import type { OpenTransaction, TransactionOutcome, TransactionWork } from '../../model/ports/actionStores';
import type { Cut } from './cut';
import { checkResult } from './inputs';
import { ownCopy } from './ownCopy';
import { backoffMs, shouldRetry, type RetryPolicy } from './retryPolicy';
import { knexTransaction } from './transaction';
import type {
  ActionContext,
  ActionTransaction,
  DatabaseActionContext,
  RegisteredDatabaseAction,
  RegisteredSimpleAction,
} from './types';

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
export type CallFacts = Omit<ActionContext, 'attempt' | 'signal' | 'logger' | 'reportProgress'>;

export interface CallOf<Definition> {
  readonly definition: Definition;
  readonly policy: RetryPolicy;
  readonly params: JsonObject;
  readonly attemptsBefore: number;
  /** When the first attempt began, and when the next one may: given where an earlier owner made some. */
  readonly firstStartedAtMs: number;
  readonly notBeforeMs: number;
  readonly cut: Cut;
  readonly clock: ActionClock;
  /** Characters that a result may have; the default unless given. */
  readonly mostResult?: number | undefined;
  readonly about: CallFacts;
  /** Makes a logger that names the call. */
  logger(): Logger;
  /** Where a handler's progress goes; nowhere unless given. */
  readonly report?: (progress: unknown) => void;
  /** Told between two attempts; `stop` ends them. */
  onRetry(failed: FailedAttempt): Promise<'go_on' | 'stop'>;
}

/** Runs a simple action: at least once, with the same idempotency key each time. */
export async function runSimple(call: CallOf<RegisteredSimpleAction>): Promise<HandlerOutcome> {
  const { definition, params, cut, clock } = call;
  if (call.notBeforeMs > 0) await waitUntilDue(call);
  if (cut.aborted) return { kind: 'stopped' };
  for (let attempt = call.attemptsBefore + 1; ; attempt += 1) {
    try {
      const resultText = await runAttempt({
        action: definition.name,
        timeoutMs: attemptTimeMs(call),
        cut,
        async work(attemptSignal) {
          const context = new HandlerContext(call, attempt, attemptSignal);
          return checkResult(definition, await definition.handler(ownCopy(params), context), call.mostResult);
        },
      });
      return { kind: 'completed', resultText, completedAtMs: clock.now(), attempts: attempt };
    } catch (error) {
      if (error instanceof AttemptAbortedError || cut.aborted) return { kind: 'stopped' };
      const next = await waitForNext(call, attempt, error);
      if (next === 'give_up') return { kind: 'failed', error, attempts: attempt };
      if (next === 'stop') return { kind: 'stopped' };
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
  const { cut, clock } = call;
  if (call.notBeforeMs > 0) await waitUntilDue(call);
  let attempt = call.attemptsBefore + 1;
  let conflicts = 0;
  let cutShort = 0;
  let outageSinceMs: number | null = null;
  let maybeCommitted = false;
  while (!cut.aborted) {
    const outcome = await tryOnce(call, attempt, maybeCommitted);
    if (outcome.kind !== 'unreachable') outageSinceMs = null;
    switch (outcome.kind) {
      case 'committed':
        return { ...outcome, kind: 'completed', attempts: attempt };
      case 'already_recorded':
        return { kind: 'recorded' };
      case 'ownership_lost':
        return { kind: 'stopped' };
      case 'failed': {
        if (outcome.error instanceof AttemptAbortedError) return { kind: 'stopped' };
        const next = await waitForNext(call, attempt, outcome.error);
        if (next === 'give_up') return { kind: 'failed', error: outcome.error, attempts: attempt };
        if (next === 'stop') return { kind: 'stopped' };
        attempt += 1;
        break;
      }
      case 'conflict':
        conflicts += 1;
        if (conflicts > maxConflicts) return { kind: 'failed', error: outcome.error, attempts: attempt };
        await clock.pause(backoffMs({ backoffMs: 10, maxBackoffMs: 500 }, conflicts, clock.random()), cut.abortSignal);
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
  const { definition, params, cut, clock } = call;
  return (open) =>
    runAttempt({
      action: definition.name,
      timeoutMs: attemptTimeMs(call),
      cut,
      work: async (attemptSignal) => {
        const ownParams = ownCopy(params);
        const context = new DatabaseHandlerContext(call, attempt, attemptSignal, open);
        const result = await definition.handler(ownParams, context);
        return { resultText: await checkResult(definition, result, call.mostResult), completedAtMs: clock.now() };
      },
    });
}

async function waitForDatabase(call: DatabaseCall, error: unknown, sinceMs: number): Promise<void> {
  if (call.clock.now() - sinceMs > call.maxOutageMs) throw error;
  call.logger().warn({ error, action: call.definition.name }, 'The database was lost during an action.');
  await call.clock.pause(100 + 400 * call.clock.random(), call.cut.abortSignal);
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

  get reportProgress(): (progress: unknown) => void {
    return this.#call.report ?? (() => undefined);
  }

  get signal(): AbortSignal {
    return this.#signal();
  }

  get logger(): Logger {
    this.#logger ??= this.#call.logger();
    return this.#logger;
  }
}

class DatabaseHandlerContext extends HandlerContext implements DatabaseActionContext {
  readonly transaction: ActionTransaction;
  readonly #open: OpenTransaction;
  #db: DatabaseActionContext['db'] | undefined;

  constructor(call: CallOf<unknown>, attempt: number, signal: () => AbortSignal, open: OpenTransaction) {
    super(call, attempt, signal);
    this.transaction = knexTransaction(open);
    this.#open = open;
  }

  get db(): DatabaseActionContext['db'] {
    this.#db ??= drizzleTransaction(this.#open);
    return this.#db;
  }
}

/** The rest of the call's time, where that is less than an attempt may take. */
function attemptTimeMs<D>({ policy, firstStartedAtMs, clock }: CallOf<D>): number {
  if (policy.deadlineMs === Number.POSITIVE_INFINITY) return policy.timeoutMs;
  return Math.max(1, Math.min(policy.timeoutMs, firstStartedAtMs + policy.deadlineMs - clock.now()));
}

/** An earlier owner noted when the next attempt may begin. */
async function waitUntilDue<D>({ notBeforeMs, clock, cut }: CallOf<D>): Promise<void> {
  const pauseMs = notBeforeMs - clock.now();
  if (pauseMs > 0) await clock.pause(pauseMs, cut.abortSignal);
}

/** Waits until the next attempt may begin, where there is to be one. */
async function waitForNext<D>(
  call: CallOf<D>,
  attempts: number,
  error: unknown,
): Promise<'go_on' | 'give_up' | 'stop'> {
  const { policy, clock, cut, firstStartedAtMs } = call;
  if (!shouldRetry(policy, attempts, error)) return 'give_up';
  const pauseMs = backoffMs(policy, attempts, clock.random());
  const nextAttemptAtMs = clock.now() + pauseMs;
  if (nextAttemptAtMs >= firstStartedAtMs + policy.deadlineMs) return 'give_up';
  const next = await call.onRetry({ attempts, error, nextAttemptAtMs });
  if (next === 'stop') return 'stop';
  await clock.pause(pauseMs, cut.abortSignal);
  return cut.aborted ? 'stop' : 'go_on';
}
