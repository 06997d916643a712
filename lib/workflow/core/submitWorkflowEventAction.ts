import { NotSignedInError, PermissionDeniedError } from '../model/errors';
import type { JsonValue } from '../model/json';
import { engineDeps } from './ambient';
import { submitEvent, type SubmittedEvent } from './submitEvent';

export interface WorkflowEventSubmission {
  /** Defaults to the type. */
  readonly event_name?: string;
  readonly event_type: string;
  readonly payload?: JsonValue;
}

/**
 * Publishes an event to the bus for whoever is signed in: tenant and user come from the session, never from the caller.
 * @throws NotSignedInError without a session, as in scripts and workers.
 */
export async function submitWorkflowEventAction(submission: WorkflowEventSubmission): Promise<SubmittedEvent> {
  const deps = await engineDeps();
  const session = await deps.currentSession?.();
  if (!session) {
    throw new NotSignedInError(
      'submitWorkflowEventAction needs a signed-in user. Outside a request call submitEvent({ tenant, userId, ... }).',
    );
  }
  if (session.tenant === null) {
    throw new PermissionDeniedError('A platform operator belongs to no tenant and cannot submit its events.');
  }
  return submitEvent(deps, {
    tenant: session.tenant,
    userId: session.userId,
    eventType: submission.event_type,
    eventName: submission.event_name ?? submission.event_type,
    payload: submission.payload === undefined ? {} : submission.payload,
  });
}
