import type { TaskView } from '@/lib/queries/task';
import { isOpenTask } from '@shared/workflow/model/status';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { activityText } from './activity-text';
import type { TaskActions } from './task-actions';
import { CommentForm } from './task-talk';

/** What happened to the task, and why the reader sees it: folded away until somebody asks. */
export function TaskDetails({
  task,
  place,
  comment,
}: {
  readonly task: TaskView;
  readonly place: string;
  readonly comment: TaskActions['comment'];
}) {
  return (
    <div className="more">
      <details>
        <summary>
          <Icon name="right" />
          Activity <span className="count">{task.activity.length}</span>
        </summary>
        <ol className="acts-l">
          {task.activity.map((entry) => (
            <li key={entry.activityId}>
              <div>
                <span>{activityText(entry, utcText)}</span>
                {entry.text ? <p className="said">{entry.text}</p> : null}
              </div>
              <Time at={entry.at} style="calendar" />
            </li>
          ))}
          {task.activity.length === 0 ? <li>Nothing has happened to this task yet.</li> : null}
        </ol>
        <CommentForm taskId={task.taskId} comment={comment} />
      </details>
      <details>
        <summary>
          <Icon name="right" />
          Why am I seeing this?
        </summary>
        <div className="why">
          <p>{reasonText(task, place)}</p>
          {isOpenTask(task.status) && task.expiresAt ? (
            <p>
              If nobody decides, it ends <Time at={task.expiresAt} style="calendar" />, and the workflow goes on without
              an answer.
            </p>
          ) : null}
        </div>
      </details>
    </div>
  );
}

const instant = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const utcText = (iso: string): string => `${instant.format(new Date(iso))} UTC`;

function reasonText(task: TaskView, place: string): string {
  const { access } = task;
  if (access.mayAnswer) return 'Somebody asks you about it.';
  if (task.ownerName && access.isMine) return `${task.ownerName} asked for your help with it.`;
  if (access.isMine && isOpenTask(task.status)) {
    return task.throughRoleName
      ? `You claimed it. It is asked of everybody with the role ${task.throughRoleName} at ${place}, and you have that role.`
      : 'You claimed it, and it was asked of you by name.';
  }
  if (task.throughRoleName) {
    return `You have the role ${task.throughRoleName} at ${place}, and this is asked of everybody with that role.`;
  }
  if (access.mayClaim) return 'It is asked of you by name.';
  if (task.endedByReader) return 'You decided it.';
  return `You may see all tasks of ${place}. This one is not yours to decide.`;
}
