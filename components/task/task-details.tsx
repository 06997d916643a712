import type { TaskActivity, TaskView } from '@/lib/queries/task';
import { isOpenTask } from '@shared/workflow/model/status';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';

const activityWords: Readonly<Record<string, string>> = {
  created: 'The workflow asked for this',
  claimed: 'claimed it',
  released: 'gave it back',
  completed: 'decided',
  declined: 'declined it',
  expired: 'Its time ran out',
  canceled: 'It was no longer needed',
  commented: 'commented',
};

/** What happened to the task, and why the reader sees it: folded away until somebody asks. */
export function TaskDetails({ task, place }: { readonly task: TaskView; readonly place: string }) {
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
              <span>{activityText(entry)}</span>
              <Time at={entry.at} style="calendar" />
            </li>
          ))}
          {task.activity.length === 0 ? <li>Nothing has happened to this task yet.</li> : null}
        </ol>
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

function activityText(entry: TaskActivity): string {
  const words = activityWords[entry.kind] ?? entry.kind.replaceAll('_', ' ');
  const actor = entry.byReader ? 'You' : entry.actorName;
  if (actor === null) return words.charAt(0).toUpperCase() + words.slice(1);
  return `${actor} ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

function reasonText(task: TaskView, place: string): string {
  const { access } = task;
  if (access.isMine && isOpenTask(task.status)) {
    return access.throughRole
      ? `You claimed it. It is asked of everybody with the role ${access.throughRole} at ${place}, and you have that role.`
      : 'You claimed it, and it was asked of you by name.';
  }
  if (access.throughRole) {
    return `You have the role ${access.throughRole} at ${place}, and this is asked of everybody with that role.`;
  }
  if (access.mayClaim) return 'It is asked of you by name.';
  if (task.endedByReader) return 'You decided it.';
  return `You may see all tasks of ${place}. This one is not yours to decide.`;
}
