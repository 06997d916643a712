'use client';
import { useState } from 'react';
import type { LogEntry, TaskDeed } from '@/lib/queries/execution';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { entryDetail, entryLook, type DetailSources } from './history-looks';
import { JsonBlock } from './json-block';

const details = ['Compact', 'Full', 'JSON'] as const;
type Detail = (typeof details)[number];

const deedWords: Readonly<Record<string, string>> = {
  claimed: 'Claimed',
  released: 'Given back',
  commented: 'Comment',
};

type Row = { readonly entry: LogEntry } | { readonly deed: TaskDeed; readonly afterSeq: number };

/** The log, line by line; what people did to tasks stands between the lines, without a number. */
export function HistoryList({
  entries,
  deeds,
  at,
  sources,
  hasMore,
  onPick,
}: {
  readonly entries: readonly LogEntry[];
  readonly deeds: readonly TaskDeed[];
  readonly at: number;
  readonly sources: DetailSources;
  readonly hasMore: boolean;
  readonly onPick: (seq: number) => void;
}) {
  const [detail, setDetail] = useState<Detail>('Compact');
  return (
    <section className="hist" aria-labelledby="history">
      <div className="hh">
        <h2 id="history" className="grow">
          History
        </h2>
        <div className="seg" role="group" aria-label="History detail">
          {details.map((name) => (
            <button key={name} type="button" aria-pressed={name === detail} onClick={() => setDetail(name)}>
              {name}
            </button>
          ))}
        </div>
      </div>
      {detail === 'JSON' ? (
        <div className="hist-json">
          <JsonBlock value={entries.map((entry) => ({ ...entry }))} label="The whole history as JSON" />
        </div>
      ) : (
        <ol className="ev-l">
          {rowsOf(entries, deeds).map((row) =>
            'entry' in row ? (
              <EntryRow
                key={row.entry.seq}
                entry={row.entry}
                at={at}
                isFull={detail === 'Full'}
                sources={sources}
                onPick={onPick}
              />
            ) : (
              <DeedRow key={`deed ${row.deed.activityId}`} deed={row.deed} isLater={row.afterSeq >= at} />
            ),
          )}
        </ol>
      )}
      {hasMore ? (
        <p className="hist-more muted">These are the first {entries.length} entries. The API gives them all.</p>
      ) : null}
    </section>
  );
}

function EntryRow({
  entry,
  at,
  isFull,
  sources,
  onPick,
}: {
  readonly entry: LogEntry;
  readonly at: number;
  readonly isFull: boolean;
  readonly sources: DetailSources;
  readonly onPick: (seq: number) => void;
}) {
  const look = entryLook(entry.kind);
  const isCurrent = entry.seq === at;
  return (
    <li>
      <a
        href={`?at=${entry.seq}`}
        className={`tone-${look.tone}${entry.seq > at ? ' later' : ''}`}
        aria-current={isCurrent ? 'step' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          onPick(entry.seq);
        }}
      >
        <span className="n tnum">{entry.seq}</span>
        <Icon name={look.icon} />
        <b>{look.word}</b>
        <span className="d">{entryDetail(entry, sources)}</span>
        <Time at={entry.at} style="clock-ms" />
      </a>
      {isFull && entry.payload !== null ? (
        <JsonBlock value={entry.payload} label={`Entry ${entry.seq} as it was written`} />
      ) : null}
    </li>
  );
}

function DeedRow({ deed, isLater }: { readonly deed: TaskDeed; readonly isLater: boolean }) {
  return (
    <li>
      <div className={`ev-deed tone-quiet${isLater ? ' later' : ''}`}>
        <span className="n" />
        <Icon name={deed.kind === 'claimed' ? 'claimed' : deed.kind === 'commented' ? 'comment' : 'user'} />
        <b>{deedWords[deed.kind] ?? deed.kind.replaceAll('_', ' ')}</b>
        <span className="d">{deed.actorName ? `by ${deed.actorName}` : ''}</span>
        <Time at={deed.at} style="clock-ms" />
      </div>
    </li>
  );
}

/** Creation and end of a task are lines of the log already; the rest of what happened to it goes between them. */
function rowsOf(entries: readonly LogEntry[], deeds: readonly TaskDeed[]): readonly Row[] {
  const between = deeds.filter(
    (deed) => !['created', 'completed', 'declined', 'expired', 'canceled'].includes(deed.kind),
  );
  const rows: Row[] = [];
  let next = 0;
  let lastSeq = 0;
  for (const entry of entries) {
    for (let deed = between[next]; deed && deed.at < entry.at; deed = between[++next]) {
      rows.push({ deed, afterSeq: lastSeq });
    }
    rows.push({ entry });
    lastSeq = entry.seq;
  }
  for (const deed of between.slice(next)) rows.push({ deed, afterSeq: lastSeq });
  return rows;
}
