/** Mails about human tasks: written with what causes them, sent by workers. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns';

/**
 * One mail to one person about one line of a task's activity. A trigger on the activity writes it, so it commits or
 * rolls back with the change it tells of.
 */
export const outgoingMails = pgTable(
  'outgoing_mails',
  {
    mailId: uuid('mail_id').primaryKey().defaultRandom(),
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    taskId: uuid('task_id').notNull(),
    kind: text('kind').$type<'assignment' | 'offer' | 'reminder' | 'escalation'>().notNull(),
    activityId: bigint('activity_id', { mode: 'number' }).notNull(),
    status: text('status').$type<'pending' | 'sent' | 'dropped' | 'failed'>().notNull().default('pending'),
    /** Why it was not sent, or not yet. */
    reason: text('reason'),
    attempts: integer('attempts').notNull().default(0),
    /** When it may be taken: while somebody sends it, when that somebody is taken for dead. */
    nextAttemptAt: instant('next_attempt_at').notNull().defaultNow(),
    createdAt: instant('created_at').notNull().defaultNow(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    unique('outgoing_mails_once').on(t.activityId, t.userId),
    index('outgoing_mails_pending')
      .on(t.nextAttemptAt)
      .where(sql`${t.status} = 'pending'`),
    index('outgoing_mails_ended')
      .on(t.endedAt)
      .where(sql`${t.status} <> 'pending'`),
  ],
);

/** When a process that can send mail was last seen. Without one, no mails are written. */
export const mailTransport = pgTable('mail_transport', {
  isOnly: boolean('is_only').primaryKey().default(true),
  seenAt: instant('seen_at').notNull(),
});
