'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { ExecutionRow } from '@/lib/queries/executions';
import { dropGone, mergeRows, takeAll } from '@/components/inbox/merge-rows';
import { Icon } from '@/components/ui/icons';
import { Avatar } from '@/components/ui/person';
import { executionLook, Status } from '@/components/ui/status';
import { Duration, Time } from '@/components/ui/time';
import { shortName } from './history-looks';
import { waitingFor } from './waiting-for';

const idOf = (row: ExecutionRow) => row.executionId;

/** Executions, newest first. New ones wait behind a line above the table; known ones change where they stand. */
export function ExecutionsTable({ rows }: { readonly rows: readonly ExecutionRow[] }) {
  const [isHeld, setHeld] = useState(false);
  const [read, setRead] = useState(rows);
  // One page at a time: what is not on it any more has left.
  const page = { rows, next: null };
  const [merged, setMerged] = useState(() => takeAll(page));
  if (rows !== read) {
    setRead(rows);
    setMerged(mergeRows({ before: merged, page, idOf, isHeld }));
  }
  return (
    <div
      className="scroll"
      tabIndex={0}
      role="region"
      aria-label="Executions"
      onPointerEnter={(event) => setHeld(event.pointerType === 'mouse')}
      onPointerLeave={() => {
        setHeld(false);
        setMerged(dropGone(merged, page));
      }}
    >
      {merged.waiting > 0 ? (
        <div className="new" role="status">
          <button type="button" onClick={() => setMerged(takeAll(page))}>
            {merged.waiting} new, show {merged.waiting === 1 ? 'it' : 'them'}
          </button>
        </div>
      ) : null}
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Subject</th>
            <th scope="col" className="c-o">
              Workflow
            </th>
            <th scope="col" className="c-o">
              State
            </th>
            <th scope="col" className="c-o">
              Waiting for
            </th>
            <th scope="col" className="r c-o">
              Started
            </th>
            <th scope="col" className="r">
              Duration
            </th>
          </tr>
        </thead>
        <tbody>
          {merged.shown.map(({ row, isGone }) => (
            <tr key={row.executionId} className={isGone ? 'is-gone' : undefined}>
              <td className="st-c">
                <Status
                  look={executionLook({
                    status: row.status,
                    waitingFor: waitingFor(row.waits),
                    retrying: row.retrying !== null,
                  })}
                />
              </td>
              <td>
                <Link className="subj" href={`/admin/executions/${row.executionId}`}>
                  {row.subject ?? row.executionId.slice(0, 8)}
                </Link>
                <span className="only-s">
                  {row.workflowName}@{row.workflowVersion}
                </span>
              </td>
              <td className="c-o">
                {row.workflowName}
                <span className="muted">@{row.workflowVersion}</span>
              </td>
              <td className="c-o mono soft state-c">{row.state}</td>
              <td className="c-o">
                <WaitCell row={row} />
              </td>
              <td className="r c-o">
                <Time at={row.createdAt} style="compact" />
              </td>
              <td className="r">
                <Duration from={row.createdAt} to={row.endedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function WaitCell({ row }: { readonly row: ExecutionRow }) {
  if (row.stuck) {
    return (
      <span className="w err-t" title={row.stuck.why}>
        <Icon name="alert" />
        stuck since <Time at={row.stuck.since} style="compact" />
      </span>
    );
  }
  if (row.errorMessage) {
    return (
      <span className="err-t" title={row.errorMessage}>
        {row.errorMessage}
      </span>
    );
  }
  if (row.deferral) {
    return (
      <span className="w" title={`No worker that owns it has ${row.workflowName}@${row.workflowVersion}`}>
        <Icon name="retrying" />
        waits for code <span className="muted">{row.workflowVersion}</span>
      </span>
    );
  }
  if (row.retrying) {
    return (
      <span className="w">
        <Icon name="retrying" />
        {row.retrying.name} <span className="muted">try {row.retrying.attempts + 1}</span>
      </span>
    );
  }
  const task = row.waits.find((wait) => wait.task)?.task;
  if (task) {
    return (
      <span className="w">
        {task.assigneeName ? <Avatar name={task.assigneeName} /> : <Icon name="wperson" />}
        <Link href={`/tasks/${task.taskId}`}>{task.title}</Link>
      </span>
    );
  }
  const event = row.waits.find((wait) => wait.kind === 'event');
  if (event) {
    return (
      <span className="w" title={event.names.join(' or ')}>
        <Icon name="wevent" />
        <span className="mono names">{shortName(event.names.join(' or '))}</span>
      </span>
    );
  }
  const timer = row.waits.find((wait) => wait.kind === 'timer');
  if (timer?.deadline) {
    return (
      <span className="w">
        <Icon name="wtime" />
        until <Time at={timer.deadline} style="calendar" />
      </span>
    );
  }
  return row.status === 'pending' ? <span className="muted">a worker</span> : null;
}
