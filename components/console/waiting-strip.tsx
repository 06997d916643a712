import Link from 'next/link';
import type { WaitSummary } from '@/lib/queries/executions';
import { Icon } from '@/components/ui/icons';
import { Avatar } from '@/components/ui/person';
import { Time } from '@/components/ui/time';
import { shortName } from './history-looks';

/** What the execution waits for now: people, times, events. */
export function WaitingStrip({ waits }: { readonly waits: readonly WaitSummary[] }) {
  if (waits.length === 0) return null;
  return (
    <section className="waits" aria-labelledby="waiting-for">
      <h2 id="waiting-for">Waiting for</h2>
      <ul>
        {waits.map((wait, index) => (
          <li key={index}>
            <Wait wait={wait} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Wait({ wait }: { readonly wait: WaitSummary }) {
  if (wait.task) {
    const { task } = wait;
    return (
      <Link className="wait tone-person" href={`/tasks/${task.taskId}`}>
        <Icon name="wperson" />
        <span className="grow">
          <b>{task.title}</b>
          <span>
            {task.assigneeName ?? 'Nobody has taken it'}
            <Until deadline={wait.deadline} />
          </span>
        </span>
        {task.assigneeName ? <Avatar name={task.assigneeName} /> : null}
      </Link>
    );
  }
  const isTimer = wait.kind === 'timer';
  if (wait.kind === 'child') {
    return (
      <div className="wait tone-run">
        <Icon name="layers" />
        <span className="grow">
          <b>{wait.names.join(', ')}</b>
          <span>The end of a child</span>
        </span>
      </div>
    );
  }
  return (
    <div className="wait tone-time">
      <Icon name={isTimer ? 'wtime' : 'wevent'} />
      <span className="grow">
        {isTimer ? (
          <b>A time</b>
        ) : (
          <b className="mono" title={wait.names.join(' or ')}>
            {shortName(wait.names.join(' or '))}
          </b>
        )}
        <span>
          {isTimer ? 'The timer fires' : 'Any of these events wakes it'}
          <Until deadline={wait.deadline} />
        </span>
      </span>
    </div>
  );
}

function Until({ deadline }: { readonly deadline: string | null }) {
  return deadline ? (
    <>
      , until <Time at={deadline} style="calendar" />
    </>
  ) : null;
}
