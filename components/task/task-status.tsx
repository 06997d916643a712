'use client';
import { Status, taskLook, taskStatusWord } from '@/components/ui/status';
import type { TaskStatus as TaskStatusName } from '@shared/workflow/model/status';
import { useBelief } from './holding';

/** How a task stands, in a badge; what the reader has just done to it included. */
export function TaskStatus({
  taskId,
  version,
  status,
  person,
}: {
  readonly taskId: string;
  readonly version: number;
  readonly status: TaskStatusName;
  /** Who has it, or ended it. */
  readonly person: string | null;
}) {
  const belief = useBelief(taskId, version);
  const now =
    belief === null
      ? { status, person }
      : belief === 'mine'
        ? { status: 'claimed' as const, person: 'you' }
        : { status: 'pending' as const, person: null };
  return <Status badge look={taskLook(now.status)} word={taskStatusWord(now)} />;
}
