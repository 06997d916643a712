/** Which tasks are in a view of the inbox, and in which order they stand there. */
import { and, arrayOverlaps, eq, inArray, isNotNull, not, or, sql, type SQL } from 'drizzle-orm';
import { InvalidInputError } from '@shared/workflow/model/errors';
import { dueOrder, workflowTasks as t } from '../db/schema';
import { isFirstOfKind } from './alike';
import type { TaskReader } from './task-access';
import { isUuid } from './uuid';

/**
 * `for-me`: what one has, and what one may take; `groups`: what is open to one's roles, whoever has it; `unassigned`:
 * what nobody has taken of what one may take, or give to others; `taken`: what one has, or lent; `done`: what one has
 * decided. What one is asked about is for one, too.
 */
export const inboxViews = ['for-me', 'groups', 'unassigned', 'taken', 'done'] as const;
export type InboxView = (typeof inboxViews)[number];

export interface InboxReader {
  readonly tenant: string;
  readonly userId: string;
  readonly roles: readonly string[];
  /** May see tasks for which they are no candidate; false unless given. */
  readonly readsAll?: boolean;
}

/** As the indexes of the inbox say it. */
export const isOpen = inArray(t.status, ['pending', 'claimed']);

/** Which tasks are in a view: each says the status of its indexes. */
export function inView(reader: InboxReader, view: InboxView): SQL | undefined {
  const { userId, roles } = reader;
  // What one works on, and what one lent to somebody.
  const has = or(eq(t.assignee, userId), eq(t.owner, userId));
  const isAsked = eq(t.questionTo, userId);
  switch (view) {
    case 'for-me':
      return and(
        isOpen,
        or(and(eq(t.status, 'claimed'), or(has, isAsked)), and(eq(t.status, 'pending'), isCandidate(reader))),
        isFirstOfKind(reader),
      );
    case 'groups':
      if (roles.length === 0) return sql`false`;
      return and(isOpen, arrayOverlaps(t.candidateRoles, [...roles]), isNotExcluded(userId), isFirstOfKind(reader));
    case 'unassigned':
      return and(
        isOpen,
        eq(t.status, 'pending'),
        reader.readsAll ? undefined : isCandidate(reader),
        isFirstOfKind(reader),
      );
    case 'taken':
      return and(eq(t.status, 'claimed'), has, isFirstOfKind(reader));
    case 'done':
      return and(eq(t.endedBy, userId), inArray(t.status, ['completed', 'declined']), isNotNull(t.endedAt));
  }
}

const isNotExcluded = (userId: string): SQL => not(arrayOverlaps(t.excludedUsers, [userId]));

function isCandidate({ userId, roles }: Pick<InboxReader, 'userId' | 'roles'>): SQL | undefined {
  const named = arrayOverlaps(t.candidateUsers, [userId]);
  return and(
    roles.length === 0 ? named : or(named, arrayOverlaps(t.candidateRoles, [...roles])),
    isNotExcluded(userId),
  );
}

/** The same rule as `taskAccess(...).mayRead`, as a condition; undefined for who reads all. */
export function isVisibleTo(reader: TaskReader): SQL | undefined {
  if (reader.readsAll) return undefined;
  const { userId } = reader;
  return or(
    isCandidate(reader),
    eq(t.assignee, userId),
    eq(t.owner, userId),
    eq(t.questionTo, userId),
    eq(t.endedBy, userId),
  );
}

/** The order of a view: those due first; done ones latest first. No two tasks have the same place. */
export function orderOf(view: InboxView): readonly SQL[] {
  return view === 'done'
    ? [sql`${t.endedAt} DESC`, sql`${t.taskId} DESC`]
    : [sql`${due}`, sql`${t.createdAt}`, sql`${t.taskId}`];
}

const due = sql.raw(dueOrder('workflow_tasks.'));

/** By what a task has its place in a list. */
export interface Placed {
  readonly taskId: string;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** The place of a task in the order of a view, as text: the next page begins behind it. */
export function cursorOf(view: InboxView, { taskId, dueAt, createdAt, endedAt }: Placed): string {
  const instants = view === 'done' ? [endedAt] : [dueAt, createdAt];
  return [...instants.map((instant) => instant?.getTime() ?? 'none'), taskId].join('_');
}

/**
 * What stands behind a place.
 * @throws InvalidInputError for a cursor that no page of such a view gave.
 */
export function isBehind(view: InboxView, cursor: string): SQL {
  const parts = cursor.split('_');
  const taskId = parts.pop() ?? '';
  const instants = parts.map(instantOf);
  const count = view === 'done' ? 1 : 2;
  if (!isUuid(taskId) || instants.length !== count || instants.includes(undefined)) {
    throw new InvalidInputError('This cursor is not one of ours. Use the `next` of the page before.');
  }
  const [first = '', second = ''] = instants;
  return view === 'done'
    ? sql`(${t.endedAt}, ${t.taskId}) < (${first}::timestamptz, ${taskId}::uuid)`
    : sql`(${due}, ${t.createdAt}, ${t.taskId}) > (${first}::timestamptz, ${second}::timestamptz, ${taskId}::uuid)`;
}

function instantOf(text: string): string | undefined {
  if (text === 'none') return 'infinity';
  return /^\d{1,14}$/.test(text) ? new Date(Number(text)).toISOString() : undefined;
}
