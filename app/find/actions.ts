'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { isStorable, notStorable } from '@/lib/actions/storable';
import { can } from '@/lib/auth';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { findExecutions, findTasks } from '@/lib/queries/find';
import { findColleagues } from '@/lib/queries/people';

const input = z.object({ words: z.string().max(200).refine(isStorable, notStorable) });

/** Tasks that the caller may read by their words and, for who watches executions, these by id or key. */
export const findAction = serverAction({ act: 'task.read', input }, async ({ session, tenant, input: { words } }) => {
  const [tasks, executions] = await Promise.all([
    findTasks({ tenant, reader: taskReaderOf(session), words }),
    can(session, 'execution.read') ? findExecutions({ tenant, words }) : [],
  ]);
  return { tasks, executions };
});

/** People of the caller's tenant by their names: whom a task can be handed to. */
export const findColleaguesAction = serverAction({ act: 'task.read', input }, ({ tenant, input: { words } }) =>
  findColleagues({ tenant, words }),
);
