import type { TaskReader } from '../queries/task-access';
import { can } from './permissions';
import type { Session } from './session';

/** As whom a session looks at tasks. */
export function taskReaderOf(session: Session): TaskReader {
  return {
    userId: session.userId,
    roles: session.roles,
    readsAll: can(session, 'task.readAll'),
    assigns: can(session, 'task.assign'),
  };
}
