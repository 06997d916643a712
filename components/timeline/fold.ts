/**
 * What was true of an execution after its first n entries: a pure fold of the log. What comes later never shows.
 * Waits that a lost race withdrew leave no line in the log; they count as open until the execution ends.
 */
import type { JsonObject, JsonValue } from '@shared/workflow/model/json';

/** A line of the log, as far as the fold reads it. */
export interface FoldEntry {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payload: JsonValue;
}

export interface OpenWait {
  readonly commandId: string;
  readonly kind: 'event' | 'task' | 'time';
  /** Event names, or the task's title. */
  readonly label: string;
  readonly names: readonly string[];
  readonly taskId: string | null;
  /** ISO 8601. */
  readonly until: string | null;
}

export interface Folded {
  readonly state: string | null;
  readonly data: Readonly<Record<string, JsonValue>>;
  readonly waits: readonly OpenWait[];
  readonly isEnded: boolean;
}

const start: Folded = { state: null, data: {}, waits: [], isEnded: false };

/** State, data and open waits after entry n; n beyond the last entry is the last. */
export function foldTo(entries: readonly FoldEntry[], n: number): Folded {
  return entries.reduce((folded, entry) => (entry.seq <= n ? apply(folded, entry) : folded), start);
}

function apply(folded: Folded, entry: FoldEntry): Folded {
  const body = asObject(entry.payload);
  switch (entry.kind) {
    case 'execution_started':
      return { ...folded, data: definedOf(asObject(body.initialData)) };
    case 'state_changed':
      return { ...folded, state: textOf(body.state) ?? entry.name };
    case 'data_set': {
      const key = textOf(body.key) ?? entry.name;
      return key === null ? folded : { ...folded, data: { ...folded.data, [key]: body.value ?? null } };
    }
    case 'wait_started':
      return typeof body.satisfiedBy === 'number' ? folded : open(folded, waitOf(entry, body));
    case 'sleep_started':
      return open(folded, {
        commandId: entry.commandId ?? '',
        kind: 'time',
        label: 'Sleep',
        names: [],
        taskId: null,
        until: textOf(body.fireAt),
      });
    case 'timer_fired':
      return close(folded, (wait) => wait.commandId === (entry.commandId ?? body.commandId));
    case 'event_received': {
      const name = textOf(asObject(body.event).name) ?? entry.name ?? '';
      return closeFirst(folded, (wait) => wait.names.includes(name));
    }
    case 'task_ended': {
      const taskId = textOf(body.taskId) ?? '';
      const name = textOf(body.eventName) ?? entry.name ?? '';
      return closeFirst(folded, (wait) => wait.names.some((waited) => answersTask(waited, name, taskId)));
    }
    case 'cancel_requested':
      return { ...folded, waits: [] };
    case 'execution_paused':
    case 'execution_resumed':
      return folded;
    case 'execution_retried':
      return { ...folded, isEnded: false };
    default:
      return entry.kind.startsWith('execution_') ? { ...folded, waits: [], isEnded: true } : folded;
  }
}

function waitOf(entry: FoldEntry, body: JsonObject): OpenWait {
  const names = Array.isArray(body.names) ? body.names.filter((name) => typeof name === 'string') : [];
  const taskId = textOf(body.taskId);
  return {
    commandId: entry.commandId ?? '',
    kind: taskId === null ? 'event' : 'task',
    label: names.join(' or '),
    names,
    taskId,
    until: textOf(body.deadline),
  };
}

/** The end of a task answers its own event, its default name, and every name that ends in its id. */
export function answersTask(waited: string, eventName: string, taskId: string): boolean {
  return waited === eventName || waited.endsWith(`_${taskId}`) || waited === `Task:${taskId}:Complete`;
}

function open(folded: Folded, wait: OpenWait): Folded {
  return { ...folded, waits: [...folded.waits, wait] };
}

function close(folded: Folded, ends: (wait: OpenWait) => boolean): Folded {
  return { ...folded, waits: folded.waits.filter((wait) => !ends(wait)) };
}

function closeFirst(folded: Folded, ends: (wait: OpenWait) => boolean): Folded {
  const at = folded.waits.findIndex(ends);
  return at < 0 ? folded : { ...folded, waits: folded.waits.filter((_, index) => index !== at) };
}

export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function definedOf(object: JsonObject): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(object).filter((pair): pair is [string, JsonValue] => pair[1] !== undefined),
  );
}

export interface DataLine {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** The data after an entry beside the data before it, line by line. */
export function diffData(
  before: Readonly<Record<string, JsonValue>>,
  after: Readonly<Record<string, JsonValue>>,
): readonly DataLine[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const was = key in before ? linesOf(key, before[key] ?? null) : [];
    const is = key in after ? linesOf(key, after[key] ?? null) : [];
    if (was.join('\n') === is.join('\n')) return is.map((text): DataLine => ({ change: 'same', text }));
    return [
      ...was.map((text): DataLine => ({ change: 'removed', text })),
      ...is.map((text): DataLine => ({ change: 'added', text })),
    ];
  });
}

function linesOf(key: string, value: JsonValue): readonly string[] {
  return `${key}: ${JSON.stringify(value, null, 2)}`.split('\n');
}
