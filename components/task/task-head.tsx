import Link from 'next/link';
import type { TaskView } from '@/lib/queries/task';
import { isOpenTask } from '@shared/workflow/model/status';
import { Icon } from '@/components/ui/icons';
import { Avatar, firstName } from '@/components/ui/person';
import { PriorityMark } from '@/components/ui/status';
import { Due, Time } from '@/components/ui/time';
import { TaskStatus } from './task-status';

/** Status, due date, priority and who asks: what one wants to know before reading on. */
export function TaskMeta({ task }: { readonly task: TaskView }) {
  const isOpen = isOpenTask(task.status);
  return (
    <div className="meta">
      <TaskStatus taskId={task.taskId} version={task.version} status={task.status} person={holderOf(task)} />
      {isOpen && task.dueAt ? (
        <Due at={task.dueAt}>
          <Icon name="clock" />
        </Due>
      ) : null}
      {!isOpen && task.endedAt ? (
        <span className="row">
          <Icon name="clock" />
          <Time at={task.endedAt} style="calendar" />
        </span>
      ) : null}
      {isOpen && task.followUpAt ? (
        <span className="row">
          <Icon name="cal" />
          Follow up <Time at={task.followUpAt} style="calendar" />
        </span>
      ) : null}
      {isOpen ? <PriorityMark priority={task.priority} word /> : null}
      {task.requestedByName ? (
        <span className="row">
          <Avatar name={task.requestedByName} />
          From {firstName(task.requestedByName)}
        </span>
      ) : null}
      {task.invoice ? (
        <span className="row">
          <Icon name="file" />
          <Link prefetch={false} href={`/invoices/${task.invoice.id}`}>
            Invoice {task.invoice.number}
          </Link>
        </span>
      ) : null}
    </div>
  );
}

function holderOf(task: TaskView): string | null {
  if (isOpenTask(task.status)) return task.access.isMine ? 'you' : task.assigneeName;
  return task.endedByReader ? 'you' : task.endedByName;
}
