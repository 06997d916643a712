/** Which events start which workflows in a tenant: every pair that is attached, was attached, or could be. */
import { and, asc, count, eq, isNull, max, or } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowBusEvents, workflowEventAttachments, workflowRegistrations } from '../db/schema';

export interface AttachableWorkflow {
  /** `registration_id`. */
  readonly workflowId: string;
  readonly name: string;
  readonly version: string;
  readonly description: string | null;
  /** Shipped with the product, shared by all tenants. */
  readonly isSystem: boolean;
}

export interface AttachmentRow {
  readonly eventType: string;
  /** How often the tenant has seen this event, and when last. */
  readonly seen: number;
  readonly lastSeenAt: string | null;
  readonly links: readonly {
    readonly workflowId: string;
    readonly isActive: boolean;
    /** null: it was never attached. */
    readonly since: string | null;
  }[];
}

export interface AttachmentMatrix {
  readonly workflows: readonly AttachableWorkflow[];
  readonly rows: readonly AttachmentRow[];
}

/**
 * The matrix of one tenant. Its rows are the event types it has seen or attached, and those for which a system
 * workflow is made, which others have attached.
 */
export async function attachmentMatrix(tenant: string): Promise<AttachmentMatrix> {
  const db = pageDb();
  const [registrations, links, usual, seen] = await Promise.all([
    db
      .select()
      .from(workflowRegistrations)
      .where(or(isNull(workflowRegistrations.tenantId), eq(workflowRegistrations.tenantId, tenant)))
      .orderBy(asc(workflowRegistrations.name)),
    db.select().from(workflowEventAttachments).where(eq(workflowEventAttachments.tenantId, tenant)),
    db
      .selectDistinct({ eventType: workflowEventAttachments.eventType })
      .from(workflowEventAttachments)
      .innerJoin(
        workflowRegistrations,
        and(
          eq(workflowRegistrations.registrationId, workflowEventAttachments.workflowId),
          isNull(workflowRegistrations.tenantId),
        ),
      ),
    db
      .select({
        eventType: workflowBusEvents.eventType,
        seen: count(),
        lastSeenAt: max(workflowBusEvents.createdAt),
      })
      .from(workflowBusEvents)
      .where(eq(workflowBusEvents.tenantId, tenant))
      .groupBy(workflowBusEvents.eventType),
  ]);
  const eventTypes = new Set([
    ...links.map((link) => link.eventType),
    ...usual.map((link) => link.eventType),
    ...seen.map((event) => event.eventType),
  ]);
  return {
    workflows: registrations.map((row) => ({
      workflowId: row.registrationId,
      name: row.name,
      version: row.currentVersion,
      description: row.description,
      isSystem: row.tenantId === null,
    })),
    rows: [...eventTypes].sort().map((eventType) => {
      const event = seen.find((row) => row.eventType === eventType);
      return {
        eventType,
        seen: event?.seen ?? 0,
        lastSeenAt: event?.lastSeenAt?.toISOString() ?? null,
        links: registrations.map(({ registrationId }) => {
          const link = links.find((row) => row.eventType === eventType && row.workflowId === registrationId);
          return {
            workflowId: registrationId,
            isActive: link?.isActive ?? false,
            since: link?.updatedAt.toISOString() ?? null,
          };
        }),
      };
    }),
  };
}
