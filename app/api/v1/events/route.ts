import { eventInputSchema } from '@/lib/actions/apiInput';
import { apiRoute } from '@/lib/actions/apiRoute';
import { submitEvent } from '@/lib/workflow';

/** Submits an event; whatever is attached to its type in the tenant starts. 202: it is stored and will be acted upon. */
export const POST = apiRoute({ act: 'event.submit', body: eventInputSchema }, async ({ session, tenant, body }) => {
  const { eventId, executionIds } = await submitEvent({
    tenant,
    userId: session.userId,
    eventType: body.event_type,
    eventName: body.event_name,
    payload: body.payload,
    subject: body.subject,
    correlationId: body.correlation_id,
    idempotencyKey: body.idempotency_key,
  });
  return Response.json({ eventId, executionIds }, { status: 202 });
});
