/** What one reader may do with one task. Pages show only acts that will work; the use-cases check again. */
import { isOpenTask, type TaskStatus } from '@shared/workflow/model/status';

export interface TaskReader {
  readonly userId: string;
  readonly roles: readonly string[];
  /** May see tasks of the tenant for which they are no candidate. */
  readonly readsAll: boolean;
}

export interface TaskHolders {
  readonly status: TaskStatus;
  readonly assignee: string | null;
  readonly endedBy: string | null;
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly excludedUsers: readonly string[];
  /** Its time ran out and the engine is ending it. */
  readonly isClosing: boolean;
}

export interface TaskAccess {
  readonly mayRead: boolean;
  readonly mayClaim: boolean;
  readonly mayRelease: boolean;
  readonly mayDecide: boolean;
  readonly isMine: boolean;
  /** The role through which the reader is a candidate. */
  readonly throughRole: string | null;
}

export function taskAccess(task: TaskHolders, reader: TaskReader): TaskAccess {
  const isExcluded = task.excludedUsers.includes(reader.userId);
  const throughRole = task.candidateRoles.find((role) => reader.roles.includes(role)) ?? null;
  const isCandidate = !isExcluded && (throughRole !== null || task.candidateUsers.includes(reader.userId));
  const isMine = task.assignee === reader.userId;
  const canChange = isOpenTask(task.status) && !task.isClosing;
  const mayTake = canChange && task.status === 'pending' && isCandidate;
  return {
    mayRead: isCandidate || isMine || task.endedBy === reader.userId || reader.readsAll,
    mayClaim: mayTake,
    mayRelease: canChange && task.status === 'claimed' && isMine,
    mayDecide: mayTake || (canChange && task.status === 'claimed' && isMine && !isExcluded),
    isMine,
    throughRole: isExcluded ? null : throughRole,
  };
}
