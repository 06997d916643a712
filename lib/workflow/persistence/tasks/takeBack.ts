/** Taking back what one has just done to a task: each change notes with its activity how the task was before. */
import type { Sql } from 'postgres';
import type { TaskBefore, TaskStore } from '../../model/ports/taskStore';
import { changeTask } from './changeTask';

interface DeedRow {
  activity_id: string;
  kind: string;
  actor: string;
  actor_name: string;
  is_recent: boolean;
  before: TaskBefore | null;
}

export function takingBackOf(sql: Sql): Pick<TaskStore, 'changeOf' | 'takeBack'> {
  return {
    changeOf: async ({ tenant, taskId, version }) => {
      const [row] = await sql<DeedRow[]>`
        SELECT a.activity_id, a.kind, a.actor, coalesce(u.name, a.actor) AS actor_name, a.before,
               a.at > clock_timestamp() - interval '2 minutes' AS is_recent
        FROM workflow_task_activity a
        LEFT JOIN users u ON u.user_id = a.actor
        WHERE a.tenant_id = ${tenant} AND a.task_id = ${taskId} AND a.version = ${version}::int AND a.actor IS NOT NULL
        ORDER BY a.activity_id DESC LIMIT 1`;
      if (!row) return null;
      return {
        activityId: Number(row.activity_id),
        kind: row.kind,
        by: row.actor,
        byName: row.actor_name,
        isRecent: row.is_recent,
        before: row.before,
      };
    },

    takeBack: ({ deed: { activityId, kind, before }, ...change }) =>
      changeTask(sql, {
        ...change,
        set: sql`status = ${before.status}, assignee = ${before.assignee}, owner = ${before.owner},
          claimed_at = ${before.claimedAt}::timestamptz, question_to = ${before.questionTo},
          question_by = ${before.questionBy}, question = ${before.question}, priority = ${before.priority},
          due_at = ${before.dueAt}::timestamptz, follow_up_at = ${before.followUpAt}::timestamptz,
          candidate_users = CASE WHEN ${before.newCandidate}::text IS NULL THEN k.candidate_users
                                 ELSE array_remove(k.candidate_users, ${before.newCandidate}::text) END`,
        expects: sql`true`,
        activities: [{ kind: 'undone', detail: { of: kind, activityId } }],
      }),
  };
}
