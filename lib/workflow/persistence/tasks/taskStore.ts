/** Changes of human tasks: each names what it expects of the row, and what it makes of it. */
import type { Sql } from 'postgres';
import type { JsonObject } from '../../model/json';
import type { TaskStore } from '../../model/ports/taskStore';
import { changeTask, mayEndAlong } from './changeTask';
import { isSecondPerson } from './fourEyes';
import { handoversOf } from './handovers';
import { readTask } from './readTask';
import { takingBackOf } from './takeBack';

export function createTaskStore(options: { readonly sql: Sql }): TaskStore {
  const { sql } = options;

  /** A candidate who is not excluded. The use-cases say the same in words. */
  const isCandidate = (userId: string, roles: readonly string[]) => sql`
    ${isSecondPerson(sql, userId)}
    AND (${userId} = ANY(k.candidate_users) OR k.candidate_roles && ${[...roles]}::text[])`;
  /** Whoever may end it: a candidate while nobody holds it, then its holder, unless it was delegated to them. */
  const mayEnd = (userId: string, roles: readonly string[]) => sql`
    (k.status = 'pending' OR (k.assignee = ${userId} AND k.owner IS NULL)) AND ${isCandidate(userId, roles)}`;

  return {
    read: (query) => readTask(sql, query),

    tookPart: async ({ tenant, taskId, userId }) => {
      const rows = await sql`
        SELECT 1 FROM workflow_task_activity
        WHERE tenant_id = ${tenant} AND task_id = ${taskId} AND (actor = ${userId} OR detail ->> 'to' = ${userId})
        LIMIT 1`;
      return rows.length > 0;
    },

    claim: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'claimed', assignee = ${change.userId}, claimed_at = l.now`,
        expects: sql`k.status = 'pending' AND ${isCandidate(change.userId, change.roles)}`,
        activities: [{ kind: 'claimed' }],
        undo: {},
      }),

    release: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'pending', assignee = NULL, owner = NULL, claimed_at = NULL, question_to = NULL,
          question_by = NULL, question = NULL`,
        expects: sql`k.status = 'claimed' AND k.assignee = ${change.holder}`,
        activities: [{ kind: 'released', detail: { from: change.holder } }],
        undo: {},
      }),

    complete: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'completed', outcome = ${change.outcome}, output = l.output::json, assignee = ${change.userId},
          claimed_at = coalesce(k.claimed_at, l.now), ended_by = ${change.userId}, ended_at = l.now`,
        expects: mayEnd(change.userId, change.roles),
        activities: [
          { kind: 'claimed', when: 'was_pending' },
          { kind: 'completed', detail: { outcome: change.outcome } },
        ],
        ends: { output: change.output, along: change.along },
      }),

    decline: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'declined', output = l.output::json, assignee = ${change.userId},
          claimed_at = coalesce(k.claimed_at, l.now), ended_by = ${change.userId}, ended_at = l.now`,
        expects: mayEnd(change.userId, change.roles),
        activities: [{ kind: 'declined', detail: { text: change.reason } }],
        ends: { output: { reason: change.reason }, along: change.along },
      }),

    alike: async ({ tenant, taskId, userId, except }) => {
      const rows = await sql<{ task_id: string; context_data: JsonObject }[]>`
        SELECT k.task_id, k.context_data
        FROM workflow_tasks first
        JOIN workflow_tasks k ON k.tenant_id = first.tenant_id AND k.fingerprint = first.fingerprint
        WHERE first.tenant_id = ${tenant} AND first.task_id = ${taskId} AND k.task_id <> ${taskId}
          AND k.status IN ('pending', 'claimed') AND k.closing_at IS NULL AND ${mayEndAlong(sql, userId)}
          AND NOT (k.task_id = ANY(${[...except]}::uuid[]))
        ORDER BY k.created_at, k.task_id
        LIMIT 500`;
      return rows.map((row) => ({ taskId: row.task_id, contextData: row.context_data }));
    },

    ...handoversOf(sql),
    ...takingBackOf(sql),
  };
}
