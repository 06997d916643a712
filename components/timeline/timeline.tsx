'use client';
import { Icon, type IconName } from '@/components/ui/icons';
import type { Tone } from '@/components/ui/status';
import { useNow, useZone } from '@/components/ui/time';
import { spanText } from '@/components/ui/time-text';
import { useTouch } from '@/components/ui/use-touch';
import { axisHeight as top, CutMark, Legend, Patterns, percent, Ticks } from './parts';
import { scaleOf, type Scale } from './scale';
import type { Span } from './spans';

/** In pixels, as the labels have it. */
const rowHeights = { mouse: 30, touch: 44 } as const;
const barHeight = 16;

const icons: Readonly<Record<Span['kind'], IconName>> = {
  action: 'check',
  task: 'wperson',
  event: 'wevent',
  time: 'wtime',
};

/** One row per action, task and wait. Solid is software, hatch a person, dots an event, bars a time; idle is cut out. */
export function Timeline({
  name,
  spans,
  startedAt,
  endedAt,
  at,
  instants,
  onPick,
  holderOf,
}: {
  /** The workflow, for the first row. */
  readonly name: string;
  readonly spans: readonly Span[];
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** When the chosen entry was written. */
  readonly at: string | null;
  /** Times of the log's entries. */
  readonly instants: readonly number[];
  readonly onPick: (seq: number) => void;
  /** Who holds a task. */
  readonly holderOf: (taskId: string) => string | null;
}) {
  const nowMs = useNow();
  const zone = useZone();
  const rowHeight = useTouch() ? rowHeights.touch : rowHeights.mouse;
  const startMs = Date.parse(startedAt);
  const lastKnown = Math.max(startMs, ...instants, ...spans.flatMap((span) => [span.fromMs, span.toMs ?? span.fromMs]));
  const endMs = endedAt === null ? Math.max(nowMs, lastKnown) : Math.max(Date.parse(endedAt), lastKnown);
  const scale = scaleOf([startMs, endMs, ...instants, ...spans.flatMap((span) => [span.fromMs, span.toMs ?? endMs])]);
  const height = top + (spans.length + 1) * rowHeight + 8;
  const atMs = at === null ? null : Date.parse(at);
  return (
    <>
      <section className="tl" aria-label="Timeline" tabIndex={0}>
        <ol className="lab">
          <li>
            <span className="lab-row tone-run">
              <Icon name="layers" />
              <b>{name}</b>
              <span className="s">{spanText(endMs - startMs)}</span>
            </span>
          </li>
          {spans.map((span) => (
            <li key={`${span.id} ${span.firstSeq}`}>
              <SpanLabel span={span} nowMs={endMs} onPick={onPick} />
            </li>
          ))}
        </ol>
        <svg height={height} role="img" aria-label={describe(spans, endMs)}>
          <Patterns />
          {spans.map((span, row) => (
            <line
              key={`${span.id} ${span.firstSeq}`}
              className="tl-line"
              x1="0"
              x2="100%"
              y1={top + (row + 1) * rowHeight - 0.5}
              y2={top + (row + 1) * rowHeight - 0.5}
            />
          ))}
          <rect
            className="tl-whole"
            x="0"
            width={percent(scale.x(endMs))}
            y={top + rowHeight / 2 - 2}
            height="4"
            rx="2"
          />
          {spans.map((span, row) => (
            <Bar
              key={`${span.id} ${span.firstSeq}`}
              span={span}
              scale={scale}
              endMs={endMs}
              y={top + (row + 1) * rowHeight + (rowHeight - barHeight) / 2}
              holder={span.taskId === null ? null : holderOf(span.taskId)}
            />
          ))}
          {scale.cuts.map((cut) => (
            <CutMark key={cut.from} from={cut.from} to={cut.to} ms={cut.ms} height={height} />
          ))}
          <Ticks scale={scale} startMs={startMs} endMs={endMs} isOpen={endedAt === null} zone={zone} />
          {endedAt === null ? (
            <line
              className="tl-now"
              x1={percent(scale.x(endMs))}
              x2={percent(scale.x(endMs))}
              y1="18"
              y2={height - 4}
            />
          ) : null}
          {atMs !== null ? (
            <>
              <rect
                className="tl-later"
                x={percent(scale.x(atMs))}
                width={percent(100 - scale.x(atMs))}
                y={top - 2}
                height={height}
              />
              <line className="tl-at" x1={percent(scale.x(atMs))} x2={percent(scale.x(atMs))} y1="18" y2={height} />
              <svg x={percent(scale.x(atMs))} y="14" overflow="visible">
                <path className="tl-at-head" d="M-5 0h10l-5 6z" />
              </svg>
            </>
          ) : null}
        </svg>
      </section>
      <Legend />
    </>
  );
}

function SpanLabel({
  span,
  nowMs,
  onPick,
}: {
  readonly span: Span;
  readonly nowMs: number;
  readonly onPick: (seq: number) => void;
}) {
  const seq = span.lastSeq ?? span.firstSeq;
  const content = (
    <>
      <Icon name={iconOf(span)} />
      <b className={span.kind === 'event' ? 'mono' : undefined}>{span.label}</b>
      <span className="s">{sideText(span, nowMs)}</span>
    </>
  );
  return seq === null ? (
    <span className={`lab-row tone-${toneOf(span)}`}>{content}</span>
  ) : (
    <button type="button" className={`lab-row tone-${toneOf(span)}`} title={span.label} onClick={() => onPick(seq)}>
      {content}
    </button>
  );
}

function Bar({
  span,
  scale,
  endMs,
  y,
  holder,
}: {
  readonly span: Span;
  readonly scale: Scale;
  readonly endMs: number;
  readonly y: number;
  readonly holder: string | null;
}) {
  const from = scale.x(span.fromMs);
  const width = Math.max(0.4, scale.x(span.toMs ?? endMs) - from);
  const fills: Readonly<Record<Span['kind'], string>> = {
    action: '',
    task: 'url(#tl-person)',
    event: 'url(#tl-event)',
    time: 'url(#tl-time)',
  };
  return (
    <>
      {span.outcome === 'retrying' ? (
        <line
          className="tl-retry"
          x1={percent(from + Math.min(width, 1.6))}
          x2={percent(from + width)}
          y1={y + 8}
          y2={y + 8}
        />
      ) : null}
      <rect
        className={`tl-bar is-${span.kind} tone-${toneOf(span)}`}
        x={percent(from)}
        width={percent(span.outcome === 'retrying' ? Math.min(width, 1.4) : width)}
        y={y}
        height={barHeight}
        rx="4"
        fill={fills[span.kind] || undefined}
      />
      {holder && width > 9 ? (
        <svg x={percent(from)} y={y} overflow="visible">
          <rect className="tl-tag" x="6" y="1" width={holder.length * 6.2 + 38} height="14" rx="3" />
          <text className="in" x="11" y="12">
            with {holder}
          </text>
        </svg>
      ) : null}
    </>
  );
}

function iconOf(span: Span): IconName {
  if (span.outcome === 'failed') return span.kind === 'action' ? 'failed' : 'expired';
  if (span.outcome === 'retrying') return 'retrying';
  if (span.kind === 'task' && span.outcome === 'done') return 'completed';
  return icons[span.kind];
}

function toneOf(span: Span): Tone {
  if (span.kind === 'task') return 'person';
  if (span.kind !== 'action') return 'time';
  if (span.outcome === 'failed') return 'fail';
  return span.outcome === 'retrying' ? 'retry' : span.outcome === 'open' ? 'run' : 'done';
}

function sideText(span: Span, nowMs: number): string {
  const length = spanText((span.toMs ?? nowMs) - span.fromMs);
  if (span.outcome === 'retrying') return `try ${span.attempts}`;
  return span.attempts > 1 ? `${span.attempts} tries` : length;
}

const verbs: Readonly<Record<Span['kind'], string>> = {
  action: 'ran for',
  task: 'was with a person for',
  event: 'was waited for during',
  time: 'lasted',
};

/** The picture in words. */
function describe(spans: readonly Span[], nowMs: number): string {
  const shown = spans.slice(0, 12).map((span) => {
    const length = spanText((span.toMs ?? nowMs) - span.fromMs);
    const ending = span.outcome === 'failed' ? ' and failed' : span.toMs === null ? ' so far' : '';
    return `${span.label} ${verbs[span.kind]} ${length}${ending}`;
  });
  const hidden = spans.length - shown.length;
  return `Timeline: ${shown.join(', ') || 'nothing has happened yet'}${hidden > 0 ? `, and ${hidden} more` : ''}`;
}
