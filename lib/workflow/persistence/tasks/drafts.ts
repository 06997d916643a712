import type { Sql } from 'postgres';
import { encodeJson, type JsonObject } from '../../model/json';
import type { TaskDraftStore } from '../../model/ports/taskStore';

/**
 * Drafts of answers. A draft is written under a share lock of its task, so that it is either there before the task ends,
 * or is not written at all. The one of whoever ends the task goes with it; what others typed stays theirs to copy from.
 */
export function createTaskDraftStore({ sql }: { readonly sql: Sql }): TaskDraftStore {
  return {
    read: async ({ tenant, taskId, userId }) => {
      const [row] = await sql<{ data: JsonObject; saved_at: Date }[]>`
        SELECT data, saved_at FROM workflow_task_drafts
        WHERE task_id = ${taskId} AND user_id = ${userId} AND tenant_id = ${tenant}`;
      return row ? { data: row.data, savedAtMs: row.saved_at.getTime() } : null;
    },

    save: async ({ tenant, taskId, userId, data }) => {
      const [row] = await sql<{ saved_at: Date }[]>`
        WITH task AS MATERIALIZED (
          SELECT task_id, tenant_id FROM workflow_tasks
          WHERE tenant_id = ${tenant} AND task_id = ${taskId} AND status IN ('pending', 'claimed') FOR SHARE
        )
        INSERT INTO workflow_task_drafts AS d (task_id, user_id, tenant_id, data, saved_at)
        SELECT task_id, ${userId}::text, tenant_id, ${encodeJson(data, 'The draft')}::text::json, clock_timestamp()
        FROM task
        ON CONFLICT (task_id, user_id) DO UPDATE SET data = excluded.data, saved_at = excluded.saved_at
        RETURNING saved_at`;
      return row ? { savedAtMs: row.saved_at.getTime() } : null;
    },

    drop: async ({ tenant, taskId, userId }) => {
      await sql`
        DELETE FROM workflow_task_drafts
        WHERE task_id = ${taskId} AND user_id = ${userId} AND tenant_id = ${tenant}`;
    },
  };
}
