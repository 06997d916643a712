/** The timeline's furniture: patterns, cuts, ticks, legend. */
import { spanText, clockText } from '@/components/ui/time-text';
import type { Scale } from './scale';

/** Where the axis ends and the rows begin, in pixels. */
export const axisHeight = 22;

/** A place on the timeline, for an SVG attribute. */
export function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

export function Patterns() {
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

/** Two jagged edges with the time that was left out between them. */
export function CutMark({
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
  const teeth = Math.ceil((height - axisHeight) / 10);
  const edge = `M0 ${axisHeight} ${'l5 5 l-5 5 '.repeat(teeth)}`;
  const bottom = axisHeight + teeth * 10;
  return (
    <>
      <svg x={percent(from)} width={percent(to - from)} y="0" height={height}>
        <rect className="tl-gap" width="100%" y={axisHeight} height={height} />
        <path className="tl-edge" d={edge} />
        <svg x="100%" overflow="visible">
          <path className="tl-gap" d={`${edge} L-8 ${bottom} L-8 ${axisHeight}z`} />
          <path className="tl-edge" d={edge} transform="translate(-6 0)" />
        </svg>
      </svg>
      <text className="gt" x={percent((from + to) / 2)} y="14" textAnchor="middle">
        {spanText(ms)}
      </text>
    </>
  );
}

export function Ticks({
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

export function Legend() {
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
