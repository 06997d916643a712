/** Views of the inbox that a person named. */
import { and, asc, eq } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { inboxSavedViews } from '../db/schema';

export interface SavedView {
  readonly name: string;
  /** The address of the inbox that shows it, from behind its question mark on. */
  readonly query: string;
}

/** In the order in which they were made. */
export async function listSavedViews({
  tenant,
  userId,
}: {
  readonly tenant: string;
  readonly userId: string;
}): Promise<readonly SavedView[]> {
  return pageDb()
    .select({ name: inboxSavedViews.name, query: inboxSavedViews.query })
    .from(inboxSavedViews)
    .where(and(eq(inboxSavedViews.tenantId, tenant), eq(inboxSavedViews.userId, userId)))
    .orderBy(asc(inboxSavedViews.createdAt), asc(inboxSavedViews.name));
}
