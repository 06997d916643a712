/** Actions called outside any execution. The caller's key is claimed first, so that repeats get the first result. */
import {
  ActionInProgressError,
  ActionResultError,
  ActionUncertainError,
  recordError,
  ValidationFailedError,
} from '../../model/errors';
import { decodeJson, type JsonValue } from '../../model/json';
import type { Logger } from '../../model/ports/telemetry';
import { storedCopy } from '../../model/values';
import { assertRepeats, isSameValue } from '../repeats';
import { ActionTimeoutError } from './attempt';
import { Cut } from './cut';
import { checkParameters, type CheckedParameters } from './inputs';
import { KeyLease } from './keyLease';
import type { ActionKey, ActionKeyStore, KeyContent } from '../../model/ports/actionStores';
import { policyOf } from './policies';
import { retryPolicy } from './retryPolicy';
import { runDatabase, runSimple, type ActionClock, type HandlerOutcome } from './runHandler';
import { isolationOf, type RegisteredAction } from './types';

export interface StandaloneHost {
  readonly keys: ActionKeyStore;
  readonly logger: Logger;
  readonly clock: ActionClock;
  /** Private hosts and networks that `httpRequest` may reach. None unless given. */
  readonly httpAllow?: readonly string[];
  /** A claim that was not renewed for so long belongs to a process that died. Default 60 s. */
  readonly leaseMs?: number;
}

/** Ids are text: nothing has to exist under them. */
export interface StandaloneCall {
  readonly tenant: string;
  readonly executionId?: string;
  readonly eventId?: string;
  readonly idempotencyKey: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const defaultLeaseMs = 60_000;
const maxOutageMs = 15_000;

/**
 * Runs an action once per tenant, action and idempotency key, and answers with its result; later calls get the stored
 * one. A key whose action failed may be tried again; one of an `atMostOnce` action whose start has no outcome may not.
 * @throws ActionUncertainError where nobody knows whether an `atMostOnce` action happened, ActionInProgressError while another call with this key runs, IdempotencyKeyReusedError when the key is used, or
 *   was, with other parameters, ValidationFailedError for wrong parameters, and whatever the action throws.
 */
export async function executeStandalone(
  host: StandaloneHost,
  definition: RegisteredAction,
  call: StandaloneCall,
): Promise<JsonValue> {
  requireText('tenant', call.tenant);
  requireText('idempotencyKey', call.idempotencyKey);
  const given = storedCopy(call.parameters ?? {}, `The parameters of action "${definition.name}"`, 'parameters');
  const checked = await checkParameters(definition, given);
  const params = checked.recorded;
  const key = { tenant: call.tenant, actionName: definition.name, idempotencyKey: call.idempotencyKey };
  const leaseMs = host.leaseMs ?? defaultLeaseMs;
  const request = {
    key,
    callerExecutionId: call.executionId ?? null,
    callerEventId: call.eventId ?? null,
    given,
    params,
    leaseMs,
  };
  let claim = await host.keys.claim({ ...request, lapsed: null });
  if (claim.kind !== 'claimed') assertSameCall(key, claim, { given, params });
  // Whoever ran it died. This call is the same, and takes it over.
  if (claim.kind === 'in_progress' && claim.lapsed !== null) {
    if (isOnceOnly(definition)) throw uncertain(key);
    claim = await host.keys.claim({ ...request, lapsed: claim.lapsed });
    if (claim.kind !== 'claimed') assertSameCall(key, claim, { given, params });
  }
  if (claim.kind === 'in_progress') throw inProgress(key);
  if (claim.kind === 'completed') return claim.result;
  const lease = new KeyLease(host.keys, key, claim.token);
  const outcome = await run(host, definition, { call, checked, lease, leaseMs });
  if (isOnceOnly(definition) && outcome.kind === 'failed') {
    // It may have happened, or has: the claim stays without an outcome, so that nobody starts it again.
    if (outcome.error instanceof ActionTimeoutError) throw uncertain(key);
    if (outcome.error instanceof ActionResultError) throw outcome.error;
  }
  return settle(host, key, lease, outcome);
}

const isOnceOnly = (definition: RegisteredAction): boolean => definition.kind === 'simple' && definition.atMostOnce;

/**
 * A repeat gives the same, or what the definition makes the same: its defaults may differ from call to call, and may be
 * given as well.
 * @throws IdempotencyKeyReusedError
 */
function assertSameCall(key: ActionKey, first: KeyContent, now: KeyContent): void {
  if (first.given !== null && isSameValue(first.given, now.given)) return;
  const content = { first: { parameters: first.params }, now: { parameters: now.params } };
  assertRepeats(key.idempotencyKey, `a call of action ${JSON.stringify(key.actionName)}`, content);
}

async function run(
  host: StandaloneHost,
  definition: RegisteredAction,
  {
    call,
    checked,
    lease,
    leaseMs,
  }: {
    readonly call: StandaloneCall;
    readonly checked: CheckedParameters;
    readonly lease: KeyLease;
    readonly leaseMs: number;
  },
): Promise<HandlerOutcome> {
  const shared = {
    policy: isOnceOnly(definition) ? policyOf(definition) : retryPolicy(definition.retry),
    params: checked.params,
    attemptsBefore: 0,
    firstStartedAtMs: host.clock.now(),
    notBeforeMs: 0,
    cut: new Cut(lease.signal),
    clock: host.clock,
    onRetry: () => Promise.resolve('go_on' as const),
    logger: () => host.logger.child({ tenant: call.tenant, action: definition.name }),
    about: {
      tenant: call.tenant,
      executionId: call.executionId ?? '',
      commandId: null,
      eventId: call.eventId ?? null,
      idempotencyKey: call.idempotencyKey,
      correlationId: null,
    },
  };
  if (definition.kind === 'database') {
    // Not renewed: the transaction itself checks that the claim is still ours when it commits.
    const isolationLevel = isolationOf(definition, checked.recorded);
    return runDatabase({
      ...shared,
      definition,
      maxOutageMs,
      isRecorded: async () => (await host.keys.find({ key: lease.key })) !== null,
      transact: (_, work) => host.keys.transact({ key: lease.key, token: lease.token, isolationLevel, work }),
    });
  }
  lease.keepAlive(leaseMs / 3);
  try {
    return await runSimple({ ...shared, definition });
  } finally {
    await lease.stop();
  }
}

async function settle(
  host: StandaloneHost,
  key: ActionKey,
  lease: KeyLease,
  outcome: HandlerOutcome,
): Promise<JsonValue> {
  const { token } = lease;
  switch (outcome.kind) {
    case 'completed':
      // A database action completed its key in its own transaction.
      if (
        lease.isKeptAlive &&
        !(await host.keys.finish({ key, token, status: 'completed', resultText: outcome.resultText }))
      ) {
        throw inProgress(key);
      }
      return decodeJson(outcome.resultText);
    case 'failed':
      await host.keys.finish({ key, token, status: 'failed', error: recordError(outcome.error) });
      throw outcome.error;
    case 'recorded':
    case 'stopped': {
      const stored = await host.keys.find({ key });
      if (stored) return stored.result;
      throw inProgress(key);
    }
  }
}

function requireText(field: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '') return;
  throw new ValidationFailedError(`executeAction needs "${field}" as a text that is not empty.`, {
    fieldErrors: [{ path: `/${field}`, message: 'Required.' }],
  });
}

const uncertain = (key: ActionKey) => new ActionUncertainError(key.actionName, key.idempotencyKey);

function inProgress(key: ActionKey): ActionInProgressError {
  return new ActionInProgressError(
    `Action "${key.actionName}" with the idempotency key "${key.idempotencyKey}" is running. Ask again in a moment.`,
  );
}
