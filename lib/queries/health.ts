/** Numbers that say whether work moves: of one tenant for its console, of the whole platform for its operators. */
import { and, asc, count, eq, gt, inArray, isNull, lt, min, sql } from 'drizzle-orm';
import { pageDb } from '../db/client';
import {
  mailTransport,
  outgoingMails,
  workflowBusEvents,
  workflowEvents,
  workflowExecutions,
  workflowPartitions,
  workflowTasks,
  workflowTimers,
  workflowWorkerLeases,
  workflowWorkers,
} from '../db/schema';

export interface TenantHealth {
  readonly openTasks: number;
  readonly overdueTasks: number;
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  readonly blocked: number;
  /** Events that wait to be taken into a log. */
  readonly inbox: number;
  readonly overdueTimers: number;
  readonly mail: MailHealth;
}

export interface MailHealth {
  /** Whether a process that can send mail was seen lately: without one no mails are written. */
  readonly isOn: boolean;
  readonly pending: number;
  /** Given up within a day. */
  readonly failed: number;
}

/** How work moves in one tenant. */
export async function tenantHealth({
  tenant,
  now,
}: {
  readonly tenant: string;
  readonly now: Date;
}): Promise<TenantHealth> {
  const db = pageDb();
  const [[tasks], statuses, [inbox], [timers], mail] = await Promise.all([
    db
      .select({
        open: count(),
        overdue: sql<number>`count(*) FILTER (WHERE ${workflowTasks.dueAt} < ${now.toISOString()}::timestamptz)::int`,
      })
      .from(workflowTasks)
      .where(and(eq(workflowTasks.tenantId, tenant), inArray(workflowTasks.status, ['pending', 'claimed']))),
    db
      .select({ status: workflowExecutions.status, executions: count() })
      .from(workflowExecutions)
      .where(eq(workflowExecutions.tenantId, tenant))
      .groupBy(workflowExecutions.status),
    db
      .select({ rows: count() })
      .from(workflowEvents)
      .where(and(eq(workflowEvents.tenantId, tenant), isNull(workflowEvents.seq), isNull(workflowEvents.disposition))),
    db
      .select({ overdue: count() })
      .from(workflowTimers)
      .where(and(eq(workflowTimers.tenantId, tenant), lt(workflowTimers.fireAt, now))),
    mailHealth({ tenant, now }),
  ]);
  const of = (status: string) => statuses.find((row) => row.status === status)?.executions ?? 0;
  return {
    openTasks: tasks?.open ?? 0,
    overdueTasks: tasks?.overdue ?? 0,
    running: of('running') + of('pending'),
    waiting: of('waiting'),
    failed: of('failed'),
    blocked: of('blocked_on_code'),
    inbox: inbox?.rows ?? 0,
    overdueTimers: timers?.overdue ?? 0,
    mail,
  };
}

/** A sender notes every ten minutes that it is there. */
const senderSeenWithinMs = 30 * 60_000;
const failedWithinMs = 24 * 3_600_000;

async function mailHealth({ tenant, now }: { readonly tenant: string; readonly now: Date }): Promise<MailHealth> {
  const db = pageDb();
  const since = (ms: number) => new Date(now.getTime() - ms);
  const ofTenant = (status: 'pending' | 'failed') =>
    and(eq(outgoingMails.tenantId, tenant), eq(outgoingMails.status, status));
  const [[sender], [pending], [failed]] = await Promise.all([
    db.select({ seenAt: mailTransport.seenAt }).from(mailTransport),
    db.select({ mails: count() }).from(outgoingMails).where(ofTenant('pending')),
    db
      .select({ mails: count() })
      .from(outgoingMails)
      .where(and(ofTenant('failed'), gt(outgoingMails.endedAt, since(failedWithinMs)))),
  ]);
  return {
    isOn: sender !== undefined && sender.seenAt > since(senderSeenWithinMs),
    pending: pending?.mails ?? 0,
    failed: failed?.mails ?? 0,
  };
}

export interface WorkerHealth {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly codeVersion: string;
  readonly startedAt: string;
  readonly heartbeatAt: string | null;
  readonly isAlive: boolean;
  /** It was shut out of all commits, and why. */
  readonly fencedReason: string | null;
  readonly fencedAt: string | null;
  readonly partitions: number;
}

export interface PlatformHealth {
  readonly workers: readonly WorkerHealth[];
  readonly partitions: { readonly owned: number; readonly all: number };
  readonly inbox: { readonly rows: number; readonly oldestAt: string | null };
  readonly timers: { readonly pending: number; readonly overdue: number };
  readonly eventsToFanOut: number;
  /** Executions by tenant and status, the largest tenant first. */
  readonly tenants: readonly { readonly tenant: string; readonly executions: number; readonly failed: number }[];
}

/** Fenced workers stay in the list for this long, then they are history. */
const rememberFencedMs = 24 * 3_600_000;

/** How the platform works: its workers, partitions and queues, across tenants. */
export async function platformHealth({ now }: { readonly now: Date }): Promise<PlatformHealth> {
  const db = pageDb();
  const owners = db
    .select({ workerId: workflowPartitions.workerId, partitions: count().as('partitions') })
    .from(workflowPartitions)
    .groupBy(workflowPartitions.workerId)
    .as('owners');
  const [workers, [partitions], [inbox], [timers], [events], tenants] = await Promise.all([
    db
      .select({ worker: workflowWorkers, lease: workflowWorkerLeases, partitions: owners.partitions })
      .from(workflowWorkers)
      .leftJoin(workflowWorkerLeases, eq(workflowWorkerLeases.workerId, workflowWorkers.workerId))
      .leftJoin(owners, eq(owners.workerId, workflowWorkers.workerId))
      .where(
        sql`${workflowWorkers.fencedAt} IS NULL OR ${workflowWorkers.fencedAt} > ${new Date(now.getTime() - rememberFencedMs).toISOString()}::timestamptz`,
      )
      .orderBy(sql`${workflowWorkers.fencedAt} IS NOT NULL`, asc(workflowWorkers.startedAt))
      .limit(100),
    db
      .select({ all: count(), owned: sql<number>`count(${workflowPartitions.workerId})::int` })
      .from(workflowPartitions),
    db
      .select({ rows: count(), oldestAt: min(workflowEvents.at) })
      .from(workflowEvents)
      .where(and(isNull(workflowEvents.seq), isNull(workflowEvents.disposition))),
    db
      .select({
        pending: count(),
        overdue: sql<number>`count(*) FILTER (WHERE ${workflowTimers.fireAt} < ${now.toISOString()}::timestamptz)::int`,
      })
      .from(workflowTimers),
    db.select({ rows: count() }).from(workflowBusEvents).where(isNull(workflowBusEvents.fannedOutAt)),
    db
      .select({
        tenant: workflowExecutions.tenantId,
        executions: count(),
        failed: sql<number>`count(*) FILTER (WHERE ${workflowExecutions.status} = 'failed')::int`,
      })
      .from(workflowExecutions)
      .groupBy(workflowExecutions.tenantId)
      .orderBy(sql`count(*) DESC`)
      .limit(20),
  ]);
  return {
    workers: workers.map(({ worker, lease, partitions: owned }) => ({
      workerId: worker.workerId,
      host: worker.host,
      pid: worker.pid,
      codeVersion: worker.codeVersion,
      startedAt: worker.startedAt.toISOString(),
      heartbeatAt: lease?.heartbeatAt.toISOString() ?? null,
      isAlive: worker.fencedAt === null && lease !== null && lease.leaseUntil > now,
      fencedReason: worker.fencedReason,
      fencedAt: worker.fencedAt?.toISOString() ?? null,
      partitions: Number(owned ?? 0),
    })),
    partitions: { owned: partitions?.owned ?? 0, all: partitions?.all ?? 0 },
    inbox: { rows: inbox?.rows ?? 0, oldestAt: inbox?.oldestAt?.toISOString() ?? null },
    timers: { pending: timers?.pending ?? 0, overdue: timers?.overdue ?? 0 },
    eventsToFanOut: events?.rows ?? 0,
    tenants,
  };
}
