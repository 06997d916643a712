/** Names of people and tenants, for pages that would otherwise show ids. */
import { and, asc, eq, inArray, isNull, or } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { tenants, users } from '../db/schema';
import { hasWords } from './member-words';

/** The tenant's name, or its id where it has none. */
export async function tenantName(tenant: string): Promise<string> {
  const [row] = await pageDb().select({ name: tenants.name }).from(tenants).where(eq(tenants.tenantId, tenant));
  return row?.name ?? tenant;
}

export interface Names {
  /** The person's name; for an id that nobody has (any more), "Somebody". */
  readonly of: (userId: string) => string;
}

/** Names of the people with these ids, within the tenant; platform operators, who belong to none, are found too. */
export async function namesOf({
  tenant,
  userIds,
}: {
  readonly tenant: string;
  readonly userIds: readonly (string | null | undefined)[];
}): Promise<Names> {
  const ids = [...new Set(userIds.filter((id): id is string => typeof id === 'string' && id !== ''))];
  const rows =
    ids.length === 0
      ? []
      : await pageDb()
          .select({ userId: users.userId, name: users.name })
          .from(users)
          .where(and(inArray(users.userId, ids), or(eq(users.tenantId, tenant), isNull(users.tenantId))));
  const byId = new Map(rows.map((row) => [row.userId, row.name]));
  return { of: (userId) => byId.get(userId) ?? 'Somebody' };
}

export interface Colleague {
  readonly userId: string;
  readonly name: string;
}

/** Some people of a tenant, by name. */
export interface Colleagues {
  readonly people: readonly Colleague[];
  /** There are more than these: they are found by words of their names. */
  readonly hasMore: boolean;
}

/** As many as one looks over in a list. */
export const mostColleagues = 100;

/** Whom tasks of the tenant can be handed to: those whose name or address has each of these words in it. */
export async function findColleagues({
  tenant,
  words = null,
}: {
  readonly tenant: string;
  readonly words?: string | null;
}): Promise<Colleagues> {
  const found = await pageDb()
    .select({ userId: users.userId, name: users.name })
    .from(users)
    .where(and(eq(users.tenantId, tenant), isNull(users.deactivatedAt), hasWords(words)))
    .orderBy(asc(users.name), asc(users.userId))
    .limit(mostColleagues + 1);
  return { people: found.slice(0, mostColleagues), hasMore: found.length > mostColleagues };
}
