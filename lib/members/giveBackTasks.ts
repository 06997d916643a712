/** What becomes of the open tasks that somebody held who may no longer sign in. */
import { TaskConflictError, TaskForbiddenError, TaskNotFoundError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { MemberConflictError, MemberNotFoundError } from './errors';

interface Actor {
  readonly tenant: string;
  /** An administrator. */
  readonly userId: string;
  readonly roles: readonly string[];
}

export interface GiveBackDeps {
  readonly sql: postgres.Sql;
  readonly releaseTask: (request: Actor & { readonly taskId: string }) => Promise<unknown>;
  readonly returnQuestion: (
    request: Actor & { readonly taskId: string; readonly of: string; readonly text: string },
  ) => Promise<unknown>;
  readonly assignTask: (
    request: Actor & { readonly taskId: string; readonly to: string; readonly note: string },
  ) => Promise<unknown>;
}

/** As many as one call gives back: who held more is asked to press again. */
const mostAtOnce = 500;

/**
 * Gives the open tasks that a deactivated member holds back, one by one, each with its line of activity: to who decides,
 * where that is somebody else who asked for their help, else to all candidates. Questions that they were asked go back to
 * who asked, who is told. What somebody ends or takes meanwhile is let be. May be repeated.
 * @returns how many tasks and questions were given back.
 * @throws MemberNotFoundError, MemberConflictError while the member is active.
 */
export async function giveBackTasks(
  deps: GiveBackDeps,
  { by, userId }: { readonly by: Actor; readonly userId: string },
): Promise<number> {
  const [member] = await deps.sql<{ name: string; is_active: boolean }[]>`
    SELECT name, deactivated_at IS NULL AS is_active FROM users
    WHERE tenant_id = ${by.tenant} AND user_id = ${userId}`;
  if (!member) throw new MemberNotFoundError();
  const { name } = member;
  if (member.is_active) throw new MemberConflictError(`${name} is active and keeps what they hold.`);
  const held = await deps.sql<{ task_id: string; owner: string | null; owner_is_active: boolean }[]>`
    SELECT k.task_id, k.owner, o.user_id IS NOT NULL AS owner_is_active
    FROM workflow_tasks k
    LEFT JOIN users o ON o.user_id = k.owner AND o.tenant_id = k.tenant_id AND o.deactivated_at IS NULL
    WHERE k.tenant_id = ${by.tenant} AND k.status = 'claimed' AND k.closing_at IS NULL
      AND (k.assignee = ${userId} OR k.owner = ${userId})
    ORDER BY k.created_at LIMIT ${mostAtOnce}`;
  let given = 0;
  for (const { task_id: taskId, owner, owner_is_active: ownerIsActive } of held) {
    const goesToOwner = owner !== null && owner !== userId && ownerIsActive;
    const change = goesToOwner
      ? deps.assignTask({ ...by, taskId, to: owner, note: `${name} can no longer help with it.` })
      : deps.releaseTask({ ...by, taskId });
    given += await change.then(() => 1).catch(unlessOvertaken);
  }
  const asked = await deps.sql<{ task_id: string }[]>`
    SELECT task_id FROM workflow_tasks
    WHERE tenant_id = ${by.tenant} AND status = 'claimed' AND closing_at IS NULL AND question_to = ${userId}
    ORDER BY created_at LIMIT ${mostAtOnce}`;
  for (const { task_id: taskId } of asked) {
    const change = deps.returnQuestion({
      ...by,
      taskId,
      of: userId,
      text: `${name} can no longer answer. Ask somebody else.`,
    });
    given += await change.then(() => 1).catch(unlessOvertaken);
  }
  return given;
}

function unlessOvertaken(error: unknown): number {
  const isOvertaken = [TaskConflictError, TaskForbiddenError, TaskNotFoundError].some((kind) => error instanceof kind);
  if (!isOvertaken) throw error;
  return 0;
}
