/** Who belongs to a tenant and what they may do, for the console. */
import { and, asc, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { isStorable } from '../actions/storable';
import { pageDb } from '../db/client';
import { userRoles, users, workflowTasks, workRoles } from '../db/schema';
import { consoleRoles, isConsoleRole, roleNameOf, roleWords, sharedWorkRoles } from '../members/roles';
import { hasWords } from './member-words';

/** Members of a page. */
export const membersPageSize = 100;

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
  /** Open questions that they were asked. */
  readonly asked: number;
  /** Of a deactivated member: open tasks that nobody else may take. An administrator can assign them. */
  readonly onlyTheirs: readonly { readonly taskId: string; readonly title: string }[];
}

export interface Members {
  readonly members: readonly MemberView[];
  /** The place behind which the next page begins; null on the last. */
  readonly next: string | null;
}

export interface MembersQuery {
  readonly tenant: string;
  /** Only those whose name or address has each of these words in it. */
  readonly words?: string | null;
  /** The `next` of the page before; what is none begins with the first. */
  readonly after?: string | null;
}

/** Those who may no longer sign in come last. The index and the list must say exactly the same. */
const isGone = sql`(${users.deactivatedAt} IS NOT NULL)`;

/** The members of a tenant, a page of them: active ones first, by name. */
export async function listMembers({ tenant, words = null, after = null }: MembersQuery): Promise<Members> {
  const db = pageDb();
  const rows = await db
    .select()
    .from(users)
    .where(and(eq(users.tenantId, tenant), hasWords(words), isBehind(after)))
    .orderBy(isGone, asc(users.name), asc(users.userId))
    .limit(membersPageSize + 1);
  const shown = rows.slice(0, membersPageSize);
  const last = shown.at(-1);
  const ids = shown.map(({ userId }) => userId);
  const gone = shown.filter(({ deactivatedAt }) => deactivatedAt !== null).map(({ userId }) => userId);
  const [roles, held, asked, stranded] = await Promise.all([
    ids.length === 0 ? [] : db.select().from(userRoles).where(inArray(userRoles.userId, ids)).orderBy(userRoles.role),
    heldTasks(tenant),
    openQuestions(tenant, ids),
    strandedTasks(tenant, gone),
  ]);
  return {
    next: last !== undefined && rows.length > membersPageSize ? placeOf(last) : null,
    members: shown.map((row) => ({
      userId: row.userId,
      name: row.name,
      email: row.email,
      roles: roles.filter(({ userId }) => userId === row.userId).map(({ role }) => role),
      version: row.version,
      isActive: row.deactivatedAt === null,
      deactivatedAt: row.deactivatedAt?.toISOString() ?? null,
      holds: held.get(row.userId) ?? 0,
      asked: asked.get(row.userId) ?? 0,
      onlyTheirs: stranded.filter(({ people }) => people.includes(row.userId)),
    })),
  };
}

const placeSchema = z.tuple([z.boolean(), z.string(), z.string()]);

/** A place in the order of the list, as text for an address. */
function placeOf({ deactivatedAt, name, userId }: typeof users.$inferSelect): string {
  return Buffer.from(JSON.stringify([deactivatedAt !== null, name, userId])).toString('base64url');
}

function isBehind(after: string | null): SQL | undefined {
  const place = after === null ? null : readPlace(after);
  if (place === null) return undefined;
  const [gone, name, userId] = place;
  return sql`(${isGone}, ${users.name}, ${users.userId}) > (${gone}::bool, ${name}::text, ${userId}::text)`;
}

function readPlace(text: string): z.output<typeof placeSchema> | null {
  try {
    const place = placeSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return place.success && place.data.every((part) => isStorable(part)) ? place.data : null;
  } catch {
    return null;
  }
}

/** How many open questions each of these people was asked. */
async function openQuestions(tenant: string, userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const t = workflowTasks;
  if (userIds.length === 0) return new Map();
  const rows = await pageDb()
    .select({ userId: t.questionTo, questions: count() })
    .from(t)
    .where(and(eq(t.tenantId, tenant), eq(t.status, 'claimed'), inArray(t.questionTo, [...userIds])))
    .groupBy(t.questionTo);
  return new Map(rows.flatMap(({ userId, questions }) => (userId === null ? [] : [[userId, questions] as const])));
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
