/**
 * Tables that the engine writes. Rules that the columns alone do not show:
 *
 * - `workflow_events` is inbox and log at once. A sender inserts a row without `seq`; only the worker that owns the
 *   execution's partition gives it one. A row with `disposition` was closed without entering the log.
 * - `workflow_executions` is written by the owning worker only, apart from the insert at the start.
 * - `workflow_workers` changes once, when a worker is fenced: every commit of a worker share-locks its own row there.
 *   Leases are renewed in a table of their own so that heartbeats never wait for those locks.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { JsonValue } from '@shared/workflow/model/json';
import type { Match } from '@shared/workflow/model/match';
import type { ExecutionStatus } from '@shared/workflow/model/status';
import { instant, jsonText } from './columns';

export const workflowRegistrations = pgTable(
  'workflow_registrations',
  {
    registrationId: uuid('registration_id').primaryKey(),
    /** null: a system workflow, shared by all tenants. */
    tenantId: text('tenant_id'),
    name: text('name').notNull(),
    /** The version that new executions are pinned to. */
    currentVersion: text('current_version').notNull(),
    description: text('description'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('workflow_registrations_name').on(t.tenantId, t.name).nullsNotDistinct()],
);

export const workflowRegistrationVersions = pgTable(
  'workflow_registration_versions',
  {
    registrationId: uuid('registration_id')
      .notNull()
      .references(() => workflowRegistrations.registrationId),
    version: text('version').notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.registrationId, t.version] })],
);

export const workflowEventAttachments = pgTable(
  'workflow_event_attachments',
  {
    attachmentId: uuid('attachment_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    eventType: text('event_type').notNull(),
    /** For a system workflow: its `registration_id`. */
    workflowId: uuid('workflow_id')
      .notNull()
      .references(() => workflowRegistrations.registrationId),
    isActive: boolean('is_active').notNull().default(true),
    createdBy: text('created_by'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('workflow_event_attachments_once').on(t.tenantId, t.eventType, t.workflowId)],
);

export const workflowBusEvents = pgTable(
  'workflow_bus_events',
  {
    eventId: uuid('event_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    eventType: text('event_type').notNull(),
    eventName: text('event_name').notNull(),
    payload: jsonText<JsonValue>('payload').notNull(),
    userId: text('user_id'),
    correlationId: text('correlation_id').notNull(),
    /** What the event is about, in the words of the business: shown beside executions it started. */
    subject: text('subject'),
    idempotencyKey: text('idempotency_key'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** null until executions that wait with `match` were looked for, after the commit of this row. */
    fannedOutAt: instant('fanned_out_at'),
  },
  (t) => [
    uniqueIndex('workflow_bus_events_idempotency')
      .on(t.tenantId, t.idempotencyKey)
      .where(sql`${t.idempotencyKey} IS NOT NULL`),
    index('workflow_bus_events_recent').on(t.tenantId, t.createdAt.desc()),
    index('workflow_bus_events_by_name').on(t.tenantId, t.eventName, t.createdAt),
    index('workflow_bus_events_not_fanned_out')
      .on(t.createdAt)
      .where(sql`${t.fannedOutAt} IS NULL`),
  ],
);

export const workflowExecutions = pgTable(
  'workflow_executions',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    workflowName: text('workflow_name').notNull(),
    workflowVersion: text('workflow_version').notNull(),
    registrationId: uuid('registration_id').notNull(),
    /** The engine's status; `state` is the author's label. */
    status: text('status').$type<ExecutionStatus>().notNull(),
    state: text('state'),
    headSeq: integer('head_seq').notNull(),
    subject: text('subject'),
    correlationId: text('correlation_id').notNull(),
    startedByEventId: uuid('started_by_event_id'),
    startedBy: text('started_by'),
    parentExecutionId: uuid('parent_execution_id'),
    /** The runs before and after this one, where a run continued as a new one. */
    continuedFrom: uuid('continued_from'),
    continuedTo: uuid('continued_to'),
    /** Where the first entries of the log were copied from, and how many. */
    forkedFrom: uuid('forked_from'),
    forkedAtSeq: integer('forked_at_seq'),
    forkedBy: text('forked_by'),
    workflowKey: text('workflow_key'),
    result: jsonText<JsonValue>('result'),
    error: jsonText<JsonValue>('error'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.executionId, t.partitionId] }),
    index('workflow_executions_recent').on(t.tenantId, t.createdAt.desc()),
    index('workflow_executions_by_event')
      .on(t.startedByEventId)
      .where(sql`${t.startedByEventId} IS NOT NULL`),
    // A key is free again once its execution has ended.
    uniqueIndex('workflow_executions_key')
      .on(t.tenantId, t.workflowName, t.workflowKey, t.partitionId)
      .where(sql`${t.workflowKey} IS NOT NULL AND ${t.endedAt} IS NULL`),
    index('workflow_executions_children')
      .on(t.parentExecutionId)
      .where(sql`${t.parentExecutionId} IS NOT NULL`),
    index('workflow_executions_forks')
      .on(t.forkedFrom)
      .where(sql`${t.forkedFrom} IS NOT NULL`),
    index('workflow_executions_runnable')
      .on(t.partitionId, t.status)
      .where(sql`${t.status} IN ('pending', 'running', 'blocked_on_code')`),
  ],
);

export const workflowEvents = pgTable(
  'workflow_events',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    /** null: in the inbox, not yet taken. */
    seq: integer('seq'),
    /** Order of arrival in the inbox. */
    rowId: bigint('row_id', { mode: 'number' }).generatedAlwaysAsIdentity({ cache: 1 }).notNull(),
    tenantId: text('tenant_id').notNull(),
    kind: text('kind').notNull(),
    /** Event name, action name, new state, key of data... depending on the kind. */
    name: text('name'),
    commandId: text('command_id'),
    payload: jsonText<JsonValue>('payload'),
    /** Set for events that came over the bus: delivery to an execution happens once. */
    busEventId: uuid('bus_event_id'),
    /** When the row entered the log; while in the inbox, when it was sent. */
    at: instant('at').notNull().defaultNow(),
    /** Why an inbox row never entered the log: `too_late`. */
    disposition: text('disposition'),
  },
  (t) => [
    uniqueIndex('workflow_events_log')
      .on(t.executionId, t.seq, t.partitionId)
      .where(sql`${t.seq} IS NOT NULL`),
    index('workflow_events_inbox')
      .on(t.partitionId, t.executionId, t.rowId)
      .where(sql`${t.seq} IS NULL AND ${t.disposition} IS NULL`),
    index('workflow_events_too_late')
      .on(t.executionId)
      .where(sql`${t.disposition} = 'too_late'`),
    uniqueIndex('workflow_events_bus_once')
      .on(t.executionId, t.busEventId, t.partitionId)
      .where(sql`${t.busEventId} IS NOT NULL`),
  ],
);

/** Delivery trouble of inbox rows: who tried, how often, with what error. Undisturbed deliveries leave no row. */
export const workflowEventProcessing = pgTable(
  'workflow_event_processing',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    status: text('status').$type<'deferred' | 'failed' | 'resolved'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    workerId: uuid('worker_id'),
    error: jsonText<JsonValue>('error'),
    firstAt: instant('first_at').notNull().defaultNow(),
    lastAt: instant('last_at').notNull().defaultNow(),
    /** While deferred: when that worker looks again. */
    nextAt: instant('next_at'),
  },
  (t) => [
    primaryKey({ columns: [t.executionId, t.partitionId] }),
    index('workflow_event_processing_deferred')
      .on(t.partitionId)
      .where(sql`${t.status} = 'deferred'`),
  ],
);

export const workflowActionResults = pgTable(
  'workflow_action_results',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    /** Name and per-name counter within the execution, for example `sendNotification#2`. */
    commandId: text('command_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    actionName: text('action_name').notNull(),
    status: text('status').$type<'retrying' | 'started' | 'completed' | 'failed'>().notNull(),
    params: jsonText<JsonValue>('params'),
    result: jsonText<JsonValue>('result'),
    error: jsonText<JsonValue>('error'),
    attempts: smallint('attempts').notNull().default(1),
    nextAttemptAt: instant('next_attempt_at'),
    startedAt: instant('started_at').notNull(),
    completedAt: instant('completed_at'),
    /** Set where the outcome comes to the log through the inbox, by a job. */
    viaInbox: boolean('via_inbox'),
    /** With `args_hash`: which command it is of, where the row may be there before the log holds its outcome. */
    n: integer('n'),
    argsHash: text('args_hash'),
  },
  (t) => [primaryKey({ columns: [t.executionId, t.commandId, t.partitionId] })],
);

/** Dispatched actions: any job worker may claim one. */
export const workflowJobs = pgTable(
  'workflow_jobs',
  {
    jobId: uuid('job_id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    commandId: text('command_id').notNull(),
    /** With `args_hash`: what the log entry of the outcome holds of the command. */
    n: integer('n').notNull(),
    argsHash: text('args_hash').notNull(),
    correlationId: text('correlation_id').notNull(),
    actionName: text('action_name').notNull(),
    args: jsonText<JsonValue>('args').notNull(),
    status: text('status').$type<'queued' | 'running' | 'completed' | 'failed' | 'canceled'>().notNull(),
    attempts: smallint('attempts').notNull(),
    /** When it may be claimed next. */
    runAt: instant('run_at').notNull(),
    claimedBy: text('claimed_by'),
    claimToken: uuid('claim_token'),
    heartbeatAt: instant('heartbeat_at'),
    heartbeatTimeoutMs: integer('heartbeat_timeout_ms').notNull(),
    progress: jsonText<JsonValue>('progress'),
    error: jsonText<JsonValue>('error'),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (t) => [
    unique('workflow_jobs_command').on(t.executionId, t.commandId, t.partitionId),
    index('workflow_jobs_open')
      .on(t.status, t.runAt)
      .where(sql`${t.status} IN ('queued', 'running')`),
  ],
);

/** Actions called outside any execution: the caller's key is claimed first, the result is kept beside it. */
export const workflowActionKeys = pgTable(
  'workflow_action_keys',
  {
    tenantId: text('tenant_id').notNull(),
    actionName: text('action_name').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    status: text('status').$type<'in_progress' | 'completed' | 'failed'>().notNull(),
    callerExecutionId: text('caller_execution_id'),
    callerEventId: text('caller_event_id'),
    /** As the action's definition made them of what was given: checked, with defaults. */
    params: jsonText<JsonValue>('params'),
    /** As the caller gave them. Null where they were not kept yet. */
    given: jsonText<JsonValue>('given'),
    result: jsonText<JsonValue>('result'),
    error: jsonText<JsonValue>('error'),
    claimedAt: instant('claimed_at').notNull().defaultNow(),
    completedAt: instant('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.actionName, t.idempotencyKey] })],
);

export const workflowActionDependencies = pgTable(
  'workflow_action_dependencies',
  {
    groupId: uuid('group_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    executionId: text('execution_id'),
    actionId: text('action_id').notNull(),
    dependsOnActionId: text('depends_on_action_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.actionId, t.dependsOnActionId] })],
);

export const workflowSyncPoints = pgTable(
  'workflow_sync_points',
  {
    groupId: uuid('group_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    executionId: text('execution_id'),
    syncPointId: text('sync_point_id').notNull(),
    waitsFor: text('waits_for').array().notNull(),
    status: text('status').$type<'open' | 'reached' | 'failed'>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    reachedAt: instant('reached_at'),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.syncPointId] })],
);

export const workflowTimers = pgTable(
  'workflow_timers',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    commandId: text('command_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    fireAt: instant('fire_at').notNull(),
    /** Set when firing also closes this task. */
    taskId: uuid('task_id'),
  },
  (t) => [
    primaryKey({ columns: [t.executionId, t.commandId, t.partitionId] }),
    index('workflow_timers_due').on(t.partitionId, t.fireAt),
  ],
);

/** What executions wait for now: a projection for pages, kept in the same commit as the log. */
export const workflowWaits = pgTable(
  'workflow_waits',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    commandId: text('command_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    kind: text('kind').$type<'event' | 'timer' | 'task' | 'child'>().notNull(),
    names: text('names').array().notNull(),
    deadline: instant('deadline'),
    taskId: uuid('task_id'),
    since: instant('since').notNull(),
    /** What an event of the bus must hold to be given to this wait; null: events of the bus are not for it. */
    match: jsonText<Match>('match'),
    /** Fingerprints of tenant, event name, first key of the match and its value: one for each name. */
    matchProbes: text('match_probes').array(),
    /** null until events of the bus were looked for, after the commit of this row. */
    checkedAt: instant('checked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.executionId, t.commandId, t.partitionId] }),
    // Rows without a match are in neither of these, and cost nothing there.
    index('workflow_waits_match')
      .using('gin', t.matchProbes)
      .with({ fastupdate: false })
      .where(sql`${t.matchProbes} IS NOT NULL`),
    index('workflow_waits_not_checked')
      .on(t.partitionId)
      .where(sql`${t.matchProbes} IS NOT NULL AND ${t.checkedAt} IS NULL`),
  ],
);

export const workflowWorkers = pgTable('workflow_workers', {
  workerId: uuid('worker_id').primaryKey(),
  host: text('host').notNull(),
  pid: integer('pid').notNull(),
  codeVersion: text('code_version').notNull(),
  /** The workflows that it has code for, each `name@version`. */
  definitions: text('definitions')
    .array()
    .notNull()
    .default(sql`'{}'`),
  startedAt: instant('started_at').notNull().defaultNow(),
  /** Set once. A fenced worker can commit nothing any more. */
  fencedAt: instant('fenced_at'),
  fencedReason: text('fenced_reason'),
});

export const workflowWorkerLeases = pgTable('workflow_worker_leases', {
  workerId: uuid('worker_id')
    .primaryKey()
    .references(() => workflowWorkers.workerId),
  leaseUntil: instant('lease_until').notNull(),
  heartbeatAt: instant('heartbeat_at').notNull(),
});

export const workflowPartitions = pgTable('workflow_partitions', {
  partitionId: smallint('partition_id').primaryKey(),
  workerId: uuid('worker_id'),
  /** The last owner did not give it up: it was fenced. */
  leftUnclean: boolean('left_unclean').notNull().default(false),
  /** Given up for this worker, which has code that the last owner lacked; until then nobody else takes it. */
  offeredTo: uuid('offered_to'),
  offeredUntil: instant('offered_until'),
  changedAt: instant('changed_at').notNull().defaultNow(),
});
