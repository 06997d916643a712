import type { TaskResult } from '../workflow';
import type { Session } from '../auth/session';
import { taskReaderOf } from '../auth/taskReader';
import { readApiTask } from '../queries/apiTasks';
import { parseTaskId } from './taskInput';

/** Who acts, as the use-cases of tasks take it. */
export interface TaskCaller {
  readonly tenant: string;
  readonly userId: string;
  readonly roles: readonly string[];
  readonly taskId: string;
}

/** Changes a task for the owner of a token, and answers with the task as it is afterwards, even if it left them. */
export async function changeTask(
  { session, tenant, taskId }: { readonly session: Session; readonly tenant: string; readonly taskId: string },
  change: (caller: TaskCaller) => Promise<TaskResult>,
): Promise<Response> {
  const { userId, roles } = session;
  const id = parseTaskId(taskId);
  await change({ tenant, userId, roles, taskId: id });
  return Response.json(await readApiTask({ tenant, taskId: id, reader: { ...taskReaderOf(session), readsAll: true } }));
}
