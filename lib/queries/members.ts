/** Who belongs to a tenant and what they may do, for the console. */
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { userRoles, users, workflowTasks, workRoles } from '../db/schema';
import { consoleRoles, isConsoleRole, roleNameOf, roleWords, sharedWorkRoles } from '../members/roles';

/** What the list shows at once. */
export const membersLimit = 500;

export interface RoleView {
  /** The key that people, tasks and workflows carry. */
  readonly role: string;
  readonly name: string;
  readonly kind: 'console' | 'shared' | 'own';
  /** What it is for, where that is known. */
  readonly words: string | null;
  /** Active members who have it. */
  readonly members: number;
}

export interface MemberView {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  /** Keys. */
  readonly roles: readonly string[];
  /** Counts changes; sent back with each. */
  readonly version: number;
  readonly isActive: boolean;
  readonly deactivatedAt: string | null;
  /** Open tasks that they hold, or lent to somebody. */
  readonly holds: number;
  /** Of a deactivated member: open tasks that nobody else may take. An administrator can assign them. */
  readonly onlyTheirs: readonly { readonly taskId: string; readonly title: string }[];
}

export interface Members {
  readonly members: readonly MemberView[];
  readonly hasMore: boolean;
}

/** The members of a tenant: active ones first, by name. */
export async function listMembers(tenant: string): Promise<Members> {
  const db = pageDb();
  const rows = await db
    .select()
    .from(users)
    .where(eq(users.tenantId, tenant))
    .orderBy(sql`${users.deactivatedAt} IS NOT NULL`, asc(users.name), asc(users.userId))
    .limit(membersLimit + 1);
  const shown = rows.slice(0, membersLimit);
  const ids = shown.map(({ userId }) => userId);
  const gone = shown.filter(({ deactivatedAt }) => deactivatedAt !== null).map(({ userId }) => userId);
  const [roles, held, stranded] = await Promise.all([
    ids.length === 0 ? [] : db.select().from(userRoles).where(inArray(userRoles.userId, ids)).orderBy(userRoles.role),
    heldTasks(tenant),
    strandedTasks(tenant, gone),
  ]);
  return {
    hasMore: rows.length > membersLimit,
    members: shown.map((row) => ({
      userId: row.userId,
      name: row.name,
      email: row.email,
      roles: roles.filter(({ userId }) => userId === row.userId).map(({ role }) => role),
      version: row.version,
      isActive: row.deactivatedAt === null,
      deactivatedAt: row.deactivatedAt?.toISOString() ?? null,
      holds: held.get(row.userId) ?? 0,
      onlyTheirs: stranded.filter(({ people }) => people.includes(row.userId)),
    })),
  };
}

/** How many open tasks each person holds or lent. */
async function heldTasks(tenant: string): Promise<ReadonlyMap<string, number>> {
  const t = workflowTasks;
  const open = and(eq(t.tenantId, tenant), eq(t.status, 'claimed'));
  const db = pageDb();
  const [holders, owners] = await Promise.all([
    db.select({ userId: t.assignee, tasks: count() }).from(t).where(open).groupBy(t.assignee),
    db
      .select({ userId: t.owner, tasks: count() })
      .from(t)
      .where(and(open, sql`${t.owner} IS NOT NULL`))
      .groupBy(t.owner),
  ]);
  const sums = new Map<string, number>();
  for (const { userId, tasks } of [...holders, ...owners]) {
    if (userId !== null) sums.set(userId, (sums.get(userId) ?? 0) + tasks);
  }
  return sums;
}

/** Open tasks that nobody holds, for people by name who are all gone: a few of them. */
async function strandedTasks(tenant: string, gone: readonly string[]) {
  if (gone.length === 0) return [];
  const t = workflowTasks;
  return pageDb()
    .select({ taskId: t.taskId, title: t.title, people: t.candidateUsers })
    .from(t)
    .where(
      and(
        eq(t.tenantId, tenant),
        eq(t.status, 'pending'),
        sql`${t.candidateUsers} && ${sql.param([...gone], t.candidateUsers)}::text[]`,
        sql`${t.candidateRoles} = '{}'`,
        sql`NOT EXISTS (SELECT FROM ${users} WHERE ${users.userId} = ANY(${t.candidateUsers})
              AND ${users.tenantId} = ${tenant} AND ${users.deactivatedAt} IS NULL)`,
      ),
    )
    .orderBy(asc(t.createdAt))
    .limit(50);
}

/** All roles that members of a tenant can have: the console's, those of every tenant, its own. */
export async function listRoles(tenant: string): Promise<readonly RoleView[]> {
  const db = pageDb();
  const [own, used] = await Promise.all([
    db.select().from(workRoles).where(eq(workRoles.tenantId, tenant)),
    db
      .select({
        role: userRoles.role,
        members: sql<number>`count(*) FILTER (WHERE ${users.deactivatedAt} IS NULL)::int`,
      })
      .from(userRoles)
      .innerJoin(users, eq(users.userId, userRoles.userId))
      .where(eq(users.tenantId, tenant))
      .groupBy(userRoles.role),
  ]);
  const names = new Map(own.map(({ role, name }) => [role, name]));
  const counts = new Map(used.map(({ role, members }) => [role, members]));
  const first: readonly string[] = [...sharedWorkRoles, ...consoleRoles];
  const others = [...new Set([...names.keys(), ...counts.keys()])].filter((role) => !first.includes(role)).toSorted();
  return [...sharedWorkRoles, ...others, ...consoleRoles].map((role) => ({
    role,
    name: roleNameOf(role, names.get(role)),
    kind: isConsoleRole(role) ? 'console' : first.includes(role) ? 'shared' : 'own',
    words: roleWords[role as keyof typeof roleWords] ?? null,
    members: counts.get(role) ?? 0,
  }));
}

/** What the tenant calls its roles, for pages that would otherwise show keys. */
export async function roleNames(tenant: string): Promise<{ readonly of: (role: string) => string }> {
  const rows = await pageDb().select().from(workRoles).where(eq(workRoles.tenantId, tenant));
  const names = new Map(rows.map(({ role, name }) => [role, name]));
  return { of: (role) => roleNameOf(role, names.get(role)) };
}
