/**
 * Mails about tasks as rows of `outgoing_mails`. A trigger writes them with the activity that they tell of; here they are
 * taken, by whichever process comes first, and marked.
 */
import type postgres from 'postgres';
import type { MailKind } from './kinds';

/** A mail that is to be sent now, with all that it says. */
export interface OutgoingMail {
  /** Stays the same at every attempt. */
  readonly mailId: string;
  readonly kind: MailKind;
  /** What happened, as the activity calls it. */
  readonly cause: string;
  readonly taskId: string;
  readonly title: string;
  readonly dueAt: Date | null;
  /** Who caused it; null: the software. */
  readonly actorName: string | null;
  readonly to: { readonly name: string; readonly email: string; readonly timeZone: string | null };
  /** Attempts so far, this one included. */
  readonly attempts: number;
  /** Why it must not be sent any more. */
  readonly obsolete: string | null;
}

export interface Outbox {
  /** Takes mails that are due. Nobody else gets them for `leaseMs`; after that they are due again. */
  take(request: { readonly limit: number; readonly leaseMs: number }): Promise<readonly OutgoingMail[]>;
  end(request: {
    readonly mailId: string;
    readonly status: 'sent' | 'dropped' | 'failed';
    readonly reason: string | null;
  }): Promise<void>;
  /** Makes a mail due again after a while. */
  postpone(request: { readonly mailId: string; readonly delayMs: number; readonly reason: string }): Promise<void>;
  /** Gives back what was taken and not tried, as if it had not been taken. */
  release(request: { readonly mailIds: readonly string[] }): Promise<void>;
  /** Notes that this process can send mail: from here on mails are written. */
  announceTransport(): Promise<void>;
  /**
   * Gives mails up that are too old to be worth sending, and forgets old ones.
   * @returns how many were given up.
   */
  tidy(request: { readonly giveUpAfterMs: number; readonly forgetAfterMs: number }): Promise<number>;
  countPending(): Promise<number>;
}

interface Row {
  mail_id: string;
  kind: MailKind;
  cause: string;
  task_id: string;
  title: string;
  due_at: Date | null;
  actor_name: string | null;
  name: string;
  email: string;
  time_zone: string | null;
  attempts: number;
  obsolete: string | null;
}

export function createOutbox({ sql }: { readonly sql: postgres.Sql }): Outbox {
  return {
    take: async ({ limit, leaseMs }) => {
      // Instants are kept in whole milliseconds, rounded: what is due now may be kept as due in half of one.
      const rows = await sql<Row[]>`
        WITH due AS (
          SELECT mail_id FROM outgoing_mails WHERE status = 'pending' AND next_attempt_at <= now() + interval '1 millisecond'
          ORDER BY next_attempt_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
        ), taken AS (
          UPDATE outgoing_mails m
          SET attempts = m.attempts + 1, next_attempt_at = now() + ${leaseMs}::float8 * interval '1 millisecond'
          FROM due WHERE m.mail_id = due.mail_id
          RETURNING m.*
        )
        SELECT m.mail_id, m.kind, a.kind AS cause, m.task_id, k.title, k.due_at, by.name AS actor_name, u.name, u.email,
               u.time_zone, m.attempts,
               CASE
                 WHEN u.deactivated_at IS NOT NULL OR u.tenant_id IS DISTINCT FROM m.tenant_id THEN 'no member any more'
                 WHEN k.status NOT IN ('pending', 'claimed') OR k.closing_at IS NOT NULL THEN 'the task has ended'
                 WHEN EXISTS (SELECT FROM mail_preferences p
                              WHERE p.user_id = u.user_id AND p.kind = m.kind AND NOT p.is_on) THEN 'not wanted'
                 WHEN EXISTS (SELECT FROM workflow_task_activity back
                              WHERE back.task_id = m.task_id AND back.kind = 'undone'
                                AND (back.detail ->> 'activityId')::bigint = m.activity_id) THEN 'it was taken back'
                 WHEN k.status = 'claimed' AND (m.user_id = ANY(ARRAY[k.assignee, k.owner, k.question_to])) IS NOT TRUE
                   THEN 'somebody else has the task'
                 WHEN m.kind = 'offer' AND k.status = 'claimed' THEN 'they have the task'
               END AS obsolete
        FROM taken m
        JOIN workflow_tasks k ON k.task_id = m.task_id
        JOIN users u ON u.user_id = m.user_id
        JOIN workflow_task_activity a ON a.activity_id = m.activity_id
        LEFT JOIN users by ON by.user_id = a.actor
        ORDER BY m.created_at, m.mail_id`;
      return rows.map((row) => ({
        mailId: row.mail_id,
        kind: row.kind,
        cause: row.cause,
        taskId: row.task_id,
        title: row.title,
        dueAt: row.due_at,
        actorName: row.actor_name,
        to: { name: row.name, email: row.email, timeZone: row.time_zone },
        attempts: row.attempts,
        obsolete: row.obsolete,
      }));
    },

    end: async ({ mailId, status, reason }) => {
      await sql`
        UPDATE outgoing_mails SET status = ${status}, reason = ${reason}, ended_at = now()
        WHERE mail_id = ${mailId} AND status = 'pending'`;
    },

    postpone: async ({ mailId, delayMs, reason }) => {
      await sql`
        UPDATE outgoing_mails
        SET next_attempt_at = now() + ${delayMs}::float8 * interval '1 millisecond', reason = ${reason}
        WHERE mail_id = ${mailId} AND status = 'pending'`;
    },

    release: async ({ mailIds }) => {
      await sql`
        UPDATE outgoing_mails SET next_attempt_at = now(), attempts = attempts - 1
        WHERE mail_id = ANY(${[...mailIds]}::uuid[]) AND status = 'pending'`;
    },

    announceTransport: async () => {
      await sql`
        INSERT INTO mail_transport (is_only, seen_at) VALUES (true, now())
        ON CONFLICT (is_only) DO UPDATE SET seen_at = excluded.seen_at`;
    },

    tidy: async ({ giveUpAfterMs, forgetAfterMs }) => {
      const ms = (value: number) => sql`${value}::float8 * interval '1 millisecond'`;
      const given = await sql`
        UPDATE outgoing_mails SET status = 'failed', ended_at = now(), reason = coalesce(reason, 'never tried')
        WHERE status = 'pending' AND next_attempt_at <= now() AND created_at < now() - ${ms(giveUpAfterMs)}`;
      await sql`DELETE FROM outgoing_mails WHERE status <> 'pending' AND ended_at < now() - ${ms(forgetAfterMs)}`;
      return given.count;
    },

    countPending: async () => {
      const [row] = await sql<{ count: number }[]>`
        SELECT count(*)::int AS count FROM outgoing_mails WHERE status = 'pending'`;
      return row?.count ?? 0;
    },
  };
}
