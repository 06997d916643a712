'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { ActionResult, ExecutionTask, LogEntry } from '@/lib/queries/execution';
import { diffData, type Folded } from '@/components/timeline/fold';
import { Status, taskLook, taskStatusWord } from '@/components/ui/status';
import { Time } from '@/components/ui/time';
import { spanText } from '@/components/ui/time-text';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import { entryLook, shortName } from './history-looks';
import { JsonBlock } from './json-block';

const tabs = ['Data', 'Entry', 'Waits'] as const;
type Tab = (typeof tabs)[number];

/** What was true at one entry, and what that entry is: from entries up to it alone. */
export function Inspector({
  entry,
  before,
  after,
  action,
  tasks,
}: {
  readonly entry: LogEntry;
  readonly before: Folded;
  readonly after: Folded;
  /** What the entry's action was given and answered. */
  readonly action: ActionResult | null;
  readonly tasks: readonly ExecutionTask[];
}) {
  const [tab, setTab] = useState<Tab>('Data');
  const focusOnceShown = useFocusOnceShown();
  const step = (by: number) => setTab(tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] ?? 'Data');
  return (
    <section className="ins" aria-label={`Inspector at entry ${entry.seq}`}>
      <div
        className="tabs"
        role="tablist"
        aria-label="Inspector"
        onKeyDown={(event) => {
          if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
          event.preventDefault();
          step(event.key === 'ArrowRight' ? 1 : -1);
          const list = event.currentTarget;
          focusOnceShown(() => list.querySelector<HTMLElement>('[aria-selected="true"]'));
        }}
      >
        {tabs.map((name) => (
          <button
            key={name}
            className="tab"
            role="tab"
            type="button"
            id={`ins-tab-${name}`}
            aria-controls="ins-panel"
            aria-selected={name === tab}
            tabIndex={name === tab ? 0 : -1}
            onClick={() => setTab(name)}
          >
            {name}
            {name === 'Waits' && after.waits.length > 0 ? <span className="count">{after.waits.length}</span> : null}
          </button>
        ))}
      </div>
      <div className="body" role="tabpanel" id="ins-panel" aria-labelledby={`ins-tab-${tab}`}>
        {tab === 'Data' ? <DataTab before={before} after={after} /> : null}
        {tab === 'Entry' ? <EntryTab entry={entry} action={action} /> : null}
        {tab === 'Waits' ? <WaitsTab folded={after} tasks={tasks} /> : null}
      </div>
    </section>
  );
}

function DataTab({ before, after }: { readonly before: Folded; readonly after: Folded }) {
  const lines = diffData(before.data, after.data);
  const marks = { same: ' ', added: '+', removed: '−' } as const;
  return (
    <>
      <dl className="kv">
        <dt>State</dt>
        <dd className="mono">
          {before.state !== after.state && before.state !== null ? (
            <>
              <del>{before.state}</del> →{' '}
            </>
          ) : null}
          {after.state ?? <span className="muted">none yet</span>}
        </dd>
      </dl>
      <div>
        <h2>Data</h2>
        {lines.length === 0 ? (
          <p className="muted">The workflow has stored nothing with data.set so far.</p>
        ) : (
          <div className="diff" role="group" aria-label="Data, with what this entry changed" tabIndex={0}>
            {lines.map((line, index) => (
              <div key={index} className={line.change}>
                <span>{marks[line.change]}</span>
                {line.text}
              </div>
            ))}
          </div>
        )}
      </div>
    </>
  );
}

function EntryTab({ entry, action }: { readonly entry: LogEntry; readonly action: ActionResult | null }) {
  return (
    <>
      <dl className="kv">
        <dt>Kind</dt>
        <dd className="mono">{entry.kind}</dd>
        <dt>Written</dt>
        <dd>
          <Time at={entry.at} style="exact" />
        </dd>
        {entry.commandId ? (
          <>
            <dt>Command</dt>
            <dd className="mono">{entry.commandId}</dd>
          </>
        ) : null}
        {action ? (
          <>
            <dt>Attempts</dt>
            <dd>
              {action.attempts}
              {action.completedAt ? `, ${spanText(Date.parse(action.completedAt) - Date.parse(action.startedAt))}` : ''}
            </dd>
          </>
        ) : null}
      </dl>
      {action ? (
        <>
          <div>
            <h2>Given</h2>
            <JsonBlock value={action.params} label="Parameters of the action" />
          </div>
          <div>
            <h2>{action.error === null ? 'Answered' : 'Failed with'}</h2>
            <JsonBlock value={action.error ?? action.result} label="Answer of the action" />
          </div>
        </>
      ) : (
        <div>
          <h2>{entryLook(entry.kind).word}</h2>
          {entry.isLarge ? (
            <p className="muted">This entry is larger than 256 kB. Read it through the API.</p>
          ) : (
            <JsonBlock value={entry.payload} label="The entry as it was written" />
          )}
        </div>
      )}
    </>
  );
}

function WaitsTab({ folded, tasks }: { readonly folded: Folded; readonly tasks: readonly ExecutionTask[] }) {
  if (folded.waits.length === 0) {
    return (
      <p className="muted">{folded.isEnded ? 'It has ended and waits for nothing.' : 'It waited for nothing here.'}</p>
    );
  }
  return (
    <ul className="waits-l">
      {folded.waits.map((wait) => {
        const task = tasks.find((candidate) => candidate.loggedTaskId === wait.taskId);
        return (
          <li key={wait.commandId}>
            {task ? (
              <>
                <Link href={`/tasks/${task.taskId}`}>{task.title}</Link> <span className="muted">now: </span>
                <Status
                  look={taskLook(task.status)}
                  word={taskStatusWord({ status: task.status, person: task.assigneeName })}
                />
              </>
            ) : (
              <span className="mono">{wait.kind === 'time' ? wait.commandId : shortName(wait.label)}</span>
            )}
            {wait.until ? (
              <span className="muted">
                {' '}
                until <Time at={wait.until} style="calendar" />
              </span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
