/** What one reader may do with one task. Pages show only acts that will work; the use-cases check again. */
import { isOpenTask, type TaskStatus } from '@shared/workflow/model/status';

export interface TaskReader {
  readonly userId: string;
  readonly roles: readonly string[];
  /** May see tasks of the tenant for which they are no candidate. */
  readonly readsAll: boolean;
  /** May give tasks of the tenant to anybody. */
  readonly assigns: boolean;
}

export interface TaskHolders {
  readonly status: TaskStatus;
  readonly assignee: string | null;
  /** Who decides while the assignee works on it for them. */
  readonly owner: string | null;
  /** Whom an open question is for. */
  readonly questionTo: string | null;
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
  /** Hand it on for good, or lend it. */
  readonly mayHandOn: boolean;
  /** End a delegation. */
  readonly mayGiveBack: boolean;
  readonly mayAsk: boolean;
  /** A question about it is open to the reader. */
  readonly mayAnswer: boolean;
  readonly mayAssign: boolean;
  /** Change priority, due date and follow-up. */
  readonly mayPlan: boolean;
  readonly isMine: boolean;
  /** The role through which the reader is a candidate. */
  readonly throughRole: string | null;
}

export function taskAccess(task: TaskHolders, reader: TaskReader): TaskAccess {
  const isExcluded = task.excludedUsers.includes(reader.userId);
  const throughRole = task.candidateRoles.find((role) => reader.roles.includes(role)) ?? null;
  const isCandidate = !isExcluded && (throughRole !== null || task.candidateUsers.includes(reader.userId));
  const isMine = task.assignee === reader.userId;
  const isOwner = task.owner === reader.userId;
  const isAsked = task.questionTo === reader.userId;
  const canChange = isOpenTask(task.status) && !task.isClosing;
  const mayTake = canChange && task.status === 'pending' && isCandidate;
  const holds = canChange && task.status === 'claimed' && isMine;
  const holdsForGood = holds && task.owner === null;
  return {
    mayRead: isCandidate || isMine || isOwner || isAsked || task.endedBy === reader.userId || reader.readsAll,
    mayClaim: mayTake,
    mayRelease: holdsForGood,
    mayDecide: mayTake || (holdsForGood && !isExcluded),
    mayHandOn: holdsForGood,
    mayGiveBack: canChange && task.owner !== null && (isMine || isOwner),
    mayAsk: holds && task.questionTo === null,
    mayAnswer: canChange && isAsked,
    mayAssign: canChange && reader.assigns,
    mayPlan: canChange && (isMine || isOwner || reader.assigns),
    isMine,
    throughRole: isExcluded ? null : throughRole,
  };
}
