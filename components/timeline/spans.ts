/** The rows of the timeline: what took how long, read from the log and from what its actions left. Pure. */
import { answersTask, asObject, textOf, type FoldEntry } from './fold';

export interface SpanAction {
  readonly commandId: string;
  readonly name: string;
  readonly status: 'started' | 'retrying' | 'completed' | 'failed';
  readonly attempts: number;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly nextAttemptAt: string | null;
}

const outcomes = { started: 'open', retrying: 'retrying', completed: 'done', failed: 'failed' } as const;

export interface Span {
  /** Command id, unique within the execution. */
  readonly id: string;
  readonly kind: 'action' | 'task' | 'event' | 'time';
  readonly label: string;
  readonly outcome: 'open' | 'done' | 'failed' | 'retrying';
  readonly fromMs: number;
  /** null: still going on. */
  readonly toMs: number | null;
  readonly attempts: number;
  /** The entry that began it and the one that ended it, as far as the log has come. */
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly taskId: string | null;
}

/** Spans in the order in which they began. Waits for a task are drawn as the task itself. */
export function spansOf(entries: readonly FoldEntry[], actions: readonly SpanAction[]): readonly Span[] {
  const spans: Span[] = [];
  const byId = new Map(actions.map((action) => [action.commandId, action]));
  const logged = new Set<string>();
  for (const entry of entries) {
    const id = entry.commandId ?? '';
    const atMs = Date.parse(entry.at);
    const body = asObject(entry.payload);
    const begin = (parts: Pick<Span, 'kind' | 'label'> & Partial<Span>) =>
      spans.push({
        id,
        outcome: 'open',
        fromMs: atMs,
        toMs: null,
        attempts: 1,
        firstSeq: entry.seq,
        lastSeq: null,
        taskId: null,
        ...parts,
      });
    const end = (isIt: (span: Span) => boolean, outcome: Span['outcome']) => {
      const at = spans.findIndex((span) => span.toMs === null && isIt(span));
      const span = spans[at];
      if (span) spans[at] = { ...span, toMs: atMs, outcome, lastSeq: entry.seq };
    };
    switch (entry.kind) {
      case 'action_completed':
      case 'action_failed': {
        logged.add(id);
        const action = byId.get(id);
        begin({
          kind: 'action',
          label: entry.name ?? id,
          outcome: entry.kind === 'action_completed' ? 'done' : 'failed',
          fromMs: action ? Date.parse(action.startedAt) : atMs,
          toMs: action?.completedAt ? Date.parse(action.completedAt) : atMs,
          attempts: action?.attempts ?? 1,
          lastSeq: entry.seq,
        });
        break;
      }
      case 'task_created':
        begin({ kind: 'task', label: textOf(body.title) ?? entry.name ?? 'Task', taskId: textOf(body.taskId) });
        break;
      case 'task_ended': {
        const taskId = textOf(body.taskId) ?? '';
        const name = textOf(body.eventName) ?? entry.name ?? '';
        const isDone = body.status === 'completed';
        end((span) => span.kind === 'task' && span.taskId === taskId, isDone ? 'done' : 'failed');
        end(
          (span) =>
            span.kind === 'event' && span.label.split(' or ').some((waited) => answersTask(waited, name, taskId)),
          'done',
        );
        break;
      }
      case 'wait_started':
        if (body.taskId === null || body.taskId === undefined) {
          const names = Array.isArray(body.names) ? body.names.filter((name) => typeof name === 'string') : [];
          const isSatisfied = typeof body.satisfiedBy === 'number';
          begin({
            kind: 'event',
            label: names.join(' or '),
            ...(isSatisfied && { toMs: atMs, outcome: 'done' as const, lastSeq: entry.seq }),
          });
        }
        break;
      case 'sleep_started':
        begin({ kind: 'time', label: 'Sleep' });
        break;
      case 'timer_fired': {
        // A wait whose time ran out got nothing; a sleep got what it asked for.
        end((span) => span.id === id && span.kind === 'event', 'failed');
        end((span) => span.id === id && span.kind === 'time', 'done');
        break;
      }
      case 'event_received': {
        const name = textOf(asObject(body.event).name) ?? entry.name ?? '';
        end((span) => span.kind === 'event' && span.label.split(' or ').includes(name), 'done');
        break;
      }
      default:
        break;
    }
  }
  for (const action of actions) {
    // Not in the log yet: at work, between two attempts, or just done.
    if (logged.has(action.commandId)) continue;
    spans.push({
      id: action.commandId,
      kind: 'action',
      label: action.name,
      outcome: outcomes[action.status],
      fromMs: Date.parse(action.startedAt),
      toMs: action.completedAt === null ? null : Date.parse(action.completedAt),
      attempts: action.attempts,
      firstSeq: null,
      lastSeq: null,
      taskId: null,
    });
  }
  return spans.sort((a, b) => a.fromMs - b.fromMs || (a.firstSeq ?? Infinity) - (b.firstSeq ?? Infinity));
}
