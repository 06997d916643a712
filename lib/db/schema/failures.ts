/**
 * What could not go on by itself. Undisturbed executions leave no row here.
 *
 * - `workflow_suspects` names executions that may be why a worker ended: `worker_id` is set while that worker tries one,
 *   and a worker that ends meanwhile gives it a strike, where it was the only one.
 * - `workflow_dead_letters` is what was put aside for a person. The web may set `redriven_at`; the owner of the
 *   partition sees it and goes on.
 */
import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { RecordedError } from '@shared/workflow/model/errors';
import type { DeadLetterKind } from '@shared/workflow/model/ports/failures';
import { instant, jsonText } from './columns';

export const workflowDeadLetters = pgTable(
  'workflow_dead_letters',
  {
    deadLetterId: uuid('dead_letter_id').primaryKey().defaultRandom(),
    tenantId: text('tenant_id').notNull(),
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    kind: text('kind').$type<DeadLetterKind>().notNull(),
    /** One sentence for people. */
    reason: text('reason').notNull(),
    error: jsonText<RecordedError>('error'),
    /** The inbox row in `workflow_events` that could not be delivered, where it is one. */
    eventRowId: bigint('event_row_id', { mode: 'number' }),
    /** Length of the execution's log when it was put aside. */
    headSeq: integer('head_seq').notNull(),
    strikes: integer('strikes').notNull().default(0),
    workerId: uuid('worker_id'),
    createdAt: instant('created_at').notNull().defaultNow(),
    redrivenAt: instant('redriven_at'),
    redrivenBy: text('redriven_by'),
    /** When what was redriven went on. */
    settledAt: instant('settled_at'),
  },
  (t) => [
    index('workflow_dead_letters_recent').on(t.tenantId, t.createdAt.desc()),
    index('workflow_dead_letters_events')
      .on(t.executionId, t.eventRowId)
      .where(sql`${t.eventRowId} IS NOT NULL`),
    uniqueIndex('workflow_dead_letters_open')
      .on(t.executionId, t.partitionId)
      .where(sql`${t.kind} <> 'undeliverable' AND ${t.settledAt} IS NULL`),
    index('workflow_dead_letters_redriven')
      .on(t.partitionId)
      .where(sql`${t.redrivenAt} IS NOT NULL AND ${t.settledAt} IS NULL`),
  ],
);

export const workflowSuspects = pgTable(
  'workflow_suspects',
  {
    executionId: uuid('execution_id').notNull(),
    partitionId: smallint('partition_id').notNull(),
    tenantId: text('tenant_id').notNull(),
    /** Workers that ended, or were ended by their watchdog, while they ran it. */
    strikes: integer('strikes').notNull().default(0),
    /** The worker that runs it now. */
    workerId: uuid('worker_id'),
    reason: text('reason'),
    /** The action that was under way when the loop stood still. */
    commandId: text('command_id'),
    /** How many were noted to run in the worker that ended last while this one ran. 0: none ended since it is noted. */
    company: integer('company').notNull().default(0),
    /** For how long it had run there, in milliseconds, until that was noticed. */
    ranMs: bigint('ran_ms', { mode: 'number' }).notNull().default(0),
    firstAt: instant('first_at').notNull().defaultNow(),
    lastAt: instant('last_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.executionId, t.partitionId] }),
    index('workflow_suspects_by_partition').on(t.partitionId),
  ],
);
