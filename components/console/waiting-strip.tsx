import { describeMatch } from '@shared/workflow/model/match';
import Link from 'next/link';
import type { LogEntry } from '@/lib/queries/execution';
import type { WaitSummary } from '@/lib/queries/executions';
import type { ExecutionJob } from '@/lib/queries/jobs';
import { asObject, textOf } from '@/components/timeline/fold';
import { Icon } from '@/components/ui/icons';
import { Avatar } from '@/components/ui/person';
import { Time } from '@/components/ui/time';
import { shortName } from './history-looks';
import { partDone, progressText } from './jobs-under-way';

/** What the execution waits for now: people, times, events, children, and jobs that other processes run for it. */
export function WaitingStrip({
  waits,
  jobs,
  entries,
}: {
  readonly waits: readonly WaitSummary[];
  readonly jobs: readonly ExecutionJob[];
  readonly entries: readonly LogEntry[];
}) {
  if (waits.length + jobs.length === 0) return null;
  return (
    <section className="waits" aria-labelledby="waiting-for">
      <h2 id="waiting-for">Waiting for</h2>
      <ul>
        {waits.map((wait) => (
          <li key={wait.commandId}>
            <Wait wait={wait} childId={wait.kind === 'child' ? childOf(entries, wait.commandId) : null} />
          </li>
        ))}
        {jobs.map((job) => (
          <li key={job.jobId}>
            <Job job={job} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which child a call started. */
function childOf(entries: readonly LogEntry[], commandId: string): string | null {
  const started = entries.find((entry) => entry.kind === 'child_started' && entry.commandId === commandId);
  return started ? textOf(asObject(started.payload).childExecutionId) : null;
}

function Wait({ wait, childId }: { readonly wait: WaitSummary; readonly childId: string | null }) {
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
  if (wait.kind === 'child') {
    const inner = (
      <>
        <Icon name="layers" />
        <span className="grow">
          <b>{wait.names.join(', ')}</b>
          <span>The end of a child</span>
        </span>
      </>
    );
    return childId === null ? (
      <div className="wait tone-run">{inner}</div>
    ) : (
      <Link className="wait tone-run" href={`/admin/executions/${childId}`}>
        {inner}
      </Link>
    );
  }
  const isTimer = wait.kind === 'timer';
  const matched = wait.match === null ? null : describeMatch(wait.match);
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
        <span title={matched ?? undefined}>
          {isTimer ? 'The timer fires' : matched === null ? sentHere(wait.names) : <>Where {matched}</>}
          <Until deadline={wait.deadline} />
        </span>
      </span>
    </div>
  );
}

const sentHere = (names: readonly string[]) =>
  names.length === 1 ? 'Sent to this execution' : 'Any of these, sent to this execution';

function Job({ job }: { readonly job: ExecutionJob }) {
  const part = partDone(job.progress);
  const isQueued = job.status === 'queued';
  const words = [
    isQueued ? (job.attempts > 0 ? 'Queued again' : 'Queued') : 'Under way',
    progressText(job.progress),
    job.attempts > 1 ? `attempt ${job.attempts}` : null,
  ].filter((word) => word !== null);
  return (
    <div className="wait tone-run">
      <Icon name={isQueued ? 'wtime' : 'running'} />
      <span className="grow">
        <b className="mono">{job.actionName}</b>
        <span>
          {words.join(', ')}
          {job.heartbeatAt !== null && !isQueued ? (
            <>
              , heard of <Time at={job.heartbeatAt} />
            </>
          ) : null}
        </span>
        {part === null ? null : (
          <progress className="job-part" max={1} value={part} aria-label={`${job.actionName} is done`} />
        )}
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
