/** Changes that leave a task open: who works on it, what is asked about it, when it is due. */
import type { Sql } from 'postgres';
import type { JsonObject } from '../../model/json';
import type { TaskStore } from '../../model/ports/taskStore';
import { changeTask } from './changeTask';
import { isSecondPerson } from './fourEyes';

type Handovers = Pick<
  TaskStore,
  'assign' | 'delegate' | 'giveBack' | 'forward' | 'ask' | 'answer' | 'returnQuestion' | 'comment' | 'plan'
>;

export function handoversOf(sql: Sql): Handovers {
  const isHeldBy = (userId: string) => sql`k.status = 'claimed' AND k.assignee = ${userId} AND k.owner IS NULL`;
  /** Whoever is handed a task for good may decide it. */
  const makeCandidate = (userId: string) => sql`
    candidate_users = CASE WHEN ${userId} = ANY(k.candidate_users) THEN k.candidate_users
                           ELSE array_append(k.candidate_users, ${userId}::text) END`;
  const noQuestion = sql`question_to = NULL, question_by = NULL, question = NULL`;
  const handover = (to: string, note: string | null): JsonObject => (note === null ? { to } : { to, text: note });

  return {
    assign: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'claimed', assignee = ${change.to}, owner = NULL, claimed_at = l.now, ${noQuestion},
          ${makeCandidate(change.to)}`,
        expects: sql`k.assignee IS NOT DISTINCT FROM ${change.holder}::text AND ${isSecondPerson(sql, change.to)}`,
        activities: [{ kind: 'assigned', detail: handover(change.to, change.note) }],
        undo: { newCandidate: change.to },
      }),

    delegate: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`assignee = ${change.to}, owner = ${change.userId}`,
        expects: sql`${isHeldBy(change.userId)} AND ${isSecondPerson(sql, change.to)}`,
        activities: [{ kind: 'delegated', detail: handover(change.to, change.note) }],
        undo: {},
      }),

    giveBack: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`assignee = k.owner, owner = NULL`,
        expects: sql`k.status = 'claimed' AND k.owner IS NOT NULL
          AND (k.assignee = ${change.userId} OR k.owner = ${change.userId})`,
        activities: [{ kind: 'given_back', ...(change.note === null ? {} : { detail: { text: change.note } }) }],
        undo: {},
      }),

    forward: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`assignee = ${change.to}, claimed_at = l.now, ${noQuestion}, ${makeCandidate(change.to)}`,
        expects: sql`${isHeldBy(change.userId)} AND ${isSecondPerson(sql, change.to)}`,
        activities: [{ kind: 'forwarded', detail: handover(change.to, change.note) }],
        undo: { newCandidate: change.to },
      }),

    ask: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`question_to = ${change.to}, question_by = ${change.userId}, question = ${change.text}`,
        expects: sql`k.status = 'claimed' AND k.assignee = ${change.userId} AND k.question_to IS NULL`,
        activities: [{ kind: 'info_requested', detail: { to: change.to, text: change.text } }],
      }),

    answer: (change) =>
      changeTask(sql, {
        ...change,
        set: noQuestion,
        expects:
          change.text === null
            ? sql`k.question_to IS NOT NULL AND (k.question_by = ${change.userId} OR k.assignee = ${change.userId})`
            : sql`k.question_to = ${change.userId}`,
        activities:
          change.text === null
            ? [{ kind: 'question_withdrawn' }]
            : [{ kind: 'info_given', detail: { text: change.text } }],
      }),

    returnQuestion: ({ by, to, text, ...change }) =>
      changeTask(sql, {
        ...change,
        set: noQuestion,
        expects: sql`k.question_to = ${to} AND k.question_by = ${by}`,
        activities: [{ kind: 'question_returned', detail: { by, to, text } }],
      }),

    comment: ({ tenant, taskId, userId, text }) => addComment(sql, { tenant, taskId, userId, text }),

    plan: ({ priority, dueAtMs, followUpAtMs, ...change }) => {
      const iso = (ms: number | null | undefined) => (typeof ms === 'number' ? new Date(ms).toISOString() : null);
      const detail: JsonObject = {
        ...(priority === undefined ? {} : { priority }),
        ...(dueAtMs === undefined ? {} : { dueAt: iso(dueAtMs) }),
        ...(followUpAtMs === undefined ? {} : { followUpAt: iso(followUpAtMs) }),
      };
      return changeTask(sql, {
        ...change,
        set: sql`priority = coalesce(${priority ?? null}::text, k.priority),
          due_at = CASE WHEN ${dueAtMs !== undefined}::bool THEN ${iso(dueAtMs)}::timestamptz ELSE k.due_at END,
          follow_up_at = CASE WHEN ${followUpAtMs !== undefined}::bool THEN ${iso(followUpAtMs)}::timestamptz
                              ELSE k.follow_up_at END`,
        expects: sql`true`,
        activities: [{ kind: 'planned', detail }],
        undo: {},
      });
    },
  };
}

/** Comments are welcome after the end too, and never get in the way of somebody who is deciding. */
async function addComment(
  sql: Sql,
  comment: { readonly tenant: string; readonly taskId: string; readonly userId: string; readonly text: string },
) {
  const { tenant, taskId, userId, text } = comment;
  const [row] = await sql<{ version: number; execution_id: string; partition_id: number }[]>`
    WITH task AS (
      SELECT task_id, version, execution_id, partition_id FROM workflow_tasks
      WHERE tenant_id = ${tenant} AND task_id = ${taskId}
    ), activity AS (
      INSERT INTO workflow_task_activity (tenant_id, task_id, kind, actor, detail, at)
      SELECT ${tenant}, task_id, 'commented', ${userId}::text, json_build_object('text', ${text}::text),
             clock_timestamp() FROM task
    )
    SELECT version, execution_id, partition_id FROM task`;
  return row ? { version: row.version, executionId: row.execution_id, partitionId: row.partition_id } : null;
}
