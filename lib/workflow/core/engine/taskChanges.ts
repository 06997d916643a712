/** What time makes of a task between two flushes, in one row: one statement cannot change the same row twice. */
import type { TaskStep } from '../../model/history';
import type { TaskChangeRow } from '../../model/ports/store';

export const untouched = (taskId: string): TaskChangeRow => ({
  taskId,
  end: null,
  roles: [],
  users: [],
  activities: [],
});

export function endedTask(task: TaskChangeRow, end: NonNullable<TaskChangeRow['end']>): TaskChangeRow {
  const detail = end.status === 'completed' ? { outcome: end.outcome, isAutomatic: true } : null;
  return { ...task, end, activities: [...task.activities, { kind: end.status, detail }] };
}

export function steppedTask(task: TaskChangeRow, { kind, roles, users }: TaskStep): TaskChangeRow {
  if (kind === 'reminder') return { ...task, activities: [...task.activities, { kind: 'reminded', detail: null }] };
  return {
    ...task,
    roles: [...new Set([...task.roles, ...roles])],
    users: [...new Set([...task.users, ...users])],
    activities: [...task.activities, { kind: 'escalated', detail: { roles, users } }],
  };
}
