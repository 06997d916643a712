/** The people of the demo, with what waits for each of them now: the sign-in page's second half. */
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { tenants, userRoles, users } from '../db/schema';
import { countView } from './inbox';

export interface DemoPerson {
  readonly email: string;
  readonly name: string;
  /** null: a platform operator. */
  readonly tenantName: string | null;
  readonly roles: readonly string[];
  /** Tasks that this person may take or has taken. */
  readonly openTasks: number;
}

/** The accounts with these addresses, in the given order; those that do not exist are left out. */
export async function demoPeople(emails: readonly string[]): Promise<readonly DemoPerson[]> {
  const db = pageDb();
  const rows = await db
    .select({ userId: users.userId, email: users.email, name: users.name, tenant: users.tenantId, place: tenants.name })
    .from(users)
    .leftJoin(tenants, eq(tenants.tenantId, users.tenantId))
    .where(and(inArray(users.email, [...emails]), isNull(users.deactivatedAt)));
  if (rows.length === 0) return [];
  const roleRows = await db
    .select()
    .from(userRoles)
    .where(
      inArray(
        userRoles.userId,
        rows.map((row) => row.userId),
      ),
    );
  const people = await Promise.all(
    rows.map(async (row) => {
      const roles = roleRows.filter((r) => r.userId === row.userId).map((r) => r.role);
      return {
        email: row.email,
        name: row.name,
        tenantName: row.place,
        roles,
        openTasks:
          row.tenant === null ? 0 : await countView({ tenant: row.tenant, userId: row.userId, roles }, 'for-me'),
      };
    }),
  );
  return emails.flatMap((email) => people.find((person) => person.email === email) ?? []);
}
