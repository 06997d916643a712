/** The engine's status of an execution. `state`, the author's label, is another thing. */
export const executionStatuses = [
  'pending',
  'running',
  'waiting',
  'paused',
  'blocked_on_code',
  'completed',
  'failed',
  'canceled',
  'terminated',
  'continued_as_new',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export type EndedStatus = Extract<
  ExecutionStatus,
  'completed' | 'failed' | 'canceled' | 'terminated' | 'continued_as_new'
>;

/** Whether an execution in this status can never change again. */
export function isEnded(status: ExecutionStatus): status is EndedStatus {
  switch (status) {
    case 'completed':
    case 'failed':
    case 'canceled':
    case 'terminated':
    case 'continued_as_new':
      return true;
    case 'pending':
    case 'running':
    case 'waiting':
    case 'paused':
    case 'blocked_on_code':
      return false;
  }
}

export const taskStatuses = ['pending', 'claimed', 'completed', 'declined', 'canceled', 'expired'] as const;
export type TaskStatus = (typeof taskStatuses)[number];
export type OpenTaskStatus = Extract<TaskStatus, 'pending' | 'claimed'>;

/** Whether somebody can still act on a task in this status. */
export function isOpenTask(status: TaskStatus): status is OpenTaskStatus {
  return status === 'pending' || status === 'claimed';
}
