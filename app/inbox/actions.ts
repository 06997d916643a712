'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { askedViewSchema, queryOfView, removeView, savedViewSchema, saveView } from '@/lib/inbox';
import { listInbox } from '@/lib/queries/inbox';
import { filterOf } from '@/lib/queries/task-filter';

/** A further page of a view, or some of its rows as they stand now. */
export const readInboxAction = serverAction(
  {
    act: 'task.read',
    input: askedViewSchema.extend({
      after: z.string().max(100).optional(),
      taskIds: z.array(z.guid('This is no id of a task.')).max(100, 'Name 100 tasks at most.').optional(),
    }),
  },
  ({ session, tenant, input: { view, after, taskIds, ...params } }) =>
    listInbox({ tenant, ...taskReaderOf(session), view, filter: filterOf(params), after, taskIds }),
);

/** Keeps a view under a name, for the caller alone. */
export const saveViewAction = serverAction(
  { act: 'task.read', input: savedViewSchema },
  ({ session: { userId }, tenant, input: { name, view, ...params } }) =>
    saveView({ tenant, userId, name, query: queryOfView({ view, params }) }),
);

/** Forgets a view of the caller. */
export const removeViewAction = serverAction(
  { act: 'task.read', input: savedViewSchema.pick({ name: true }) },
  ({ session: { userId }, tenant, input }) => removeView({ tenant, userId, name: input.name }),
);
