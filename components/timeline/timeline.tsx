'use client';
import { Icon, type IconName } from '@/components/ui/icons';
import type { Tone } from '@/components/ui/status';
import { useNow, useZone } from '@/components/ui/time';
import { clockText, spanText } from '@/components/ui/time-text';
import { scaleOf, type Scale } from './scale';
import type { Span } from './spans';

const rowHeight = 30;
const top = 22;

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
              y={top + (row + 1) * rowHeight + 7}
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
        height="16"
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

/** Two jagged edges with the time that was left out between them. */
function CutMark({
  from,
  to,
  ms,
  height,
}: {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
  readonly height: number;
}) {
  const teeth = Math.ceil((height - top) / 10);
  const edge = `M0 ${top} ${'l5 5 l-5 5 '.repeat(teeth)}`;
  const bottom = top + teeth * 10;
  return (
    <>
      <svg x={percent(from)} width={percent(to - from)} y="0" height={height}>
        <rect className="tl-gap" width="100%" y={top} height={height} />
        <path className="tl-edge" d={edge} />
        <svg x="100%" overflow="visible">
          <path className="tl-gap" d={`${edge} L-8 ${bottom} L-8 ${top}z`} />
          <path className="tl-edge" d={edge} transform="translate(-6 0)" />
        </svg>
      </svg>
      <text className="gt" x={percent((from + to) / 2)} y="14" textAnchor="middle">
        {spanText(ms)}
      </text>
    </>
  );
}

function Ticks({
  scale,
  startMs,
  endMs,
  isOpen,
  zone,
}: {
  readonly scale: Scale;
  readonly startMs: number;
  readonly endMs: number;
  readonly isOpen: boolean;
  readonly zone: string;
}) {
  const endX = scale.x(endMs);
  const lastCut = Math.max(0, ...scale.cuts.map((cut) => (cut.from + cut.to) / 2));
  // Two times over each other say nothing: the length of the cut matters more.
  const isRoomForEnd = endX - lastCut > (isOpen ? 9 : 14) && endX > 14;
  return (
    <>
      <text x="0" y="14">
        {clockText(startMs, zone, 'second')}
      </text>
      {isRoomForEnd ? (
        <text className="gt" x={percent(endX)} y="14" textAnchor="end">
          {isOpen ? 'now' : clockText(endMs, zone, 'second')}
        </text>
      ) : null}
    </>
  );
}

function Patterns() {
  return (
    <defs>
      <pattern id="tl-person" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="7" height="7" fill="var(--person-soft)" />
        <rect width="2.6" height="7" fill="var(--person-mark)" />
      </pattern>
      <pattern id="tl-event" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" fill="var(--time-soft)" />
        <circle cx="3" cy="3" r="1.3" fill="var(--time-mark)" />
      </pattern>
      <pattern id="tl-time" width="5" height="16" patternUnits="userSpaceOnUse">
        <rect width="5" height="16" fill="var(--time-soft)" />
        <rect width="1.4" height="16" fill="var(--time-mark)" />
      </pattern>
    </defs>
  );
}

function Legend() {
  return (
    <div className="key-l" aria-hidden="true">
      <span>
        <svg>
          <rect width="22" height="12" rx="3" fill="var(--done-mark)" />
        </svg>
        working
      </span>
      {(
        [
          ['tl-person', 'person', 'a person'],
          ['tl-event', 'time', 'an event'],
          ['tl-time', 'time', 'a time'],
        ] as const
      ).map(([pattern, tone, word]) => (
        <span key={pattern}>
          <svg>
            <rect
              x=".5"
              y=".5"
              width="21"
              height="11"
              rx="3"
              fill={`url(#${pattern})`}
              stroke={`var(--${tone}-mark)`}
            />
          </svg>
          {word}
        </span>
      ))}
      <span>
        <svg>
          <path className="tl-retry" d="M0 6h22" />
        </svg>
        before a retry
      </span>
      <span>
        <svg>
          <path className="tl-edge" d="M1 6l3.5-4 5 8 5-8 5 8 2-3" />
        </svg>
        idle, cut out
      </span>
    </div>
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

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
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
