import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import {
  ExecutionEndedError,
  ExecutionNotFoundError,
  InvalidInputError,
  ReservedEventNameError,
} from '../model/errors';
import type { JsonValue } from '../model/json';
import { MailboxFullError } from '../model/limits';
import { isEnded } from '../model/status';
import { assertNoTaskEnd, taskNamedBy } from '../model/storable';
import {
  findLastRun,
  hasTask,
  insertSignals,
  isUuid,
  type Signal,
  type SignalledExecution,
} from '../persistence/inbox';
import { instruments } from '../telemetry/names';
import { admitPayload } from './admission';
import type { EngineDeps } from './engineDeps';
import { shareWrites, type SharedWrite } from './sharedWrites';

/** The envelope of an event for one execution, in the spelling of the event log. */
export interface EnqueueEventInput {
  readonly execution_id: string;
  readonly event_name: string;
  readonly event_type?: string;
  /** Null stays null; `{}` when left out. */
  readonly payload?: JsonValue;
  readonly user_id?: string | null;
  readonly tenant: string;
}

/**
 * Sends an event to one execution. It counts whether or not the execution waits for it yet.
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 * One that continued as new receives it in its current run.
 * @throws ExecutionEndedError when it has ended.
 * @throws MailboxFullError when it is blocked because it has too many that nobody asked for.
 * @throws PayloadTooLargeError
 * @throws ReservedEventNameError for a name that tells of a task's end.
 * @throws InvalidInputError for what cannot be stored.
 * @throws OverloadedError while too much waits for the workers.
 */
export async function enqueueEvent(deps: EngineDeps, input: EnqueueEventInput): Promise<{ readonly eventId: string }> {
  deps.admission?.admit();
  return sendEvent(deps, input);
}

/** As `enqueueEvent`, for what is admitted already. */
export async function sendEvent(deps: EngineDeps, input: EnqueueEventInput): Promise<{ readonly eventId: string }> {
  const { execution_id: executionId, event_name: name, tenant } = input;
  if (!name) throw new InvalidInputError('An event needs a name: give event_name.');
  assertNoTaskEnd(name);
  const event = {
    name,
    type: input.event_type ?? name,
    payload: input.payload === undefined ? {} : input.payload,
    user_id: input.user_id ?? null,
    event_id: newId(),
    timestamp: new Date().toISOString(),
  };
  admitPayload(deps, event, `Event ${JSON.stringify(name)}`);
  const taskId = taskNamedBy(name);
  if (taskId !== null && (await hasTask(deps.sql, { tenant, taskId }))) throw new ReservedEventNameError(name);
  // An id that is no id is one that the tenant does not have.
  const signalled = isUuid(executionId) ? await signal(deps.sql, { tenant, executionId, event }) : null;
  if (!signalled) throw new ExecutionNotFoundError(executionId);
  const { partitionId, status, receiverId, isFull } = signalled;
  if (isEnded(status)) throw new ExecutionEndedError(receiverId, status);
  if (isFull) {
    deps.metrics.count({ counter: instruments.limits, labels: { limit: 'mailbox_size', outcome: 'refused' } });
    throw new MailboxFullError(
      `Execution ${receiverId} has more events than it may keep and is blocked. Send this one again once it goes on.`,
    );
  }
  deps.metrics.count({ counter: instruments.eventsSubmitted, labels: { via: 'signal' } });
  await Promise.all([
    deps.hints.publish({ hints: [{ partitionId, executionId: receiverId }] }),
    deps.live.publish({ changes: [{ tenant, topic: 'execution', id: receiverId }] }),
  ]);
  return { eventId: event.event_id };
}

/** Sends to an execution; of one that continued as new to the run that goes on. */
async function signal(sql: Sql, sent: Signal): Promise<(SignalledExecution & { readonly receiverId: string }) | null> {
  for (let receiverId = sent.executionId; ;) {
    const signalled = await signalsOf(sql)({ ...sent, executionId: receiverId });
    if (signalled?.status !== 'continued_as_new') return signalled && { ...signalled, receiverId };
    const next = await findLastRun(sql, { tenant: sent.tenant, executionId: receiverId });
    if (next === null || next === receiverId) return { ...signalled, receiverId };
    receiverId = next;
  }
}

/** Signals over one pool share statements, one at a time: those of one process arrive in the order of their calls. */
const sharedSignals = new WeakMap<Sql, SharedWrite<Signal, SignalledExecution | null>>();

function signalsOf(sql: Sql): SharedWrite<Signal, SignalledExecution | null> {
  const known = sharedSignals.get(sql);
  if (known) return known;
  const share = shareWrites({ write: (signals: readonly Signal[]) => insertSignals(sql, signals) });
  sharedSignals.set(sql, share);
  return share;
}
