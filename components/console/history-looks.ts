/** How each kind of history entry reads: icon, word, tone, and a line of detail. */
import type { EntryKind } from '@shared/workflow/model/history';
import type { LogEntry } from '@/lib/queries/execution';
import { asObject, textOf } from '@/components/timeline/fold';
import type { IconName } from '@/components/ui/icons';
import type { Tone } from '@/components/ui/status';

export interface EntryLook {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: Tone;
}

const looks: Readonly<Record<EntryKind, EntryLook>> = {
  execution_started: { icon: 'layers', word: 'Started', tone: 'run' },
  event_received: { icon: 'wevent', word: 'Event received', tone: 'time' },
  task_ended: { icon: 'completed', word: 'Task ended', tone: 'person' },
  timer_fired: { icon: 'wtime', word: 'Timer fired', tone: 'time' },
  action_completed: { icon: 'check', word: 'Action completed', tone: 'done' },
  action_failed: { icon: 'failed', word: 'Action failed', tone: 'fail' },
  state_changed: { icon: 'code', word: 'State changed', tone: 'quiet' },
  data_set: { icon: 'code', word: 'Data set', tone: 'quiet' },
  log_written: { icon: 'comment', word: 'Log line', tone: 'quiet' },
  wait_started: { icon: 'wevent', word: 'Wait opened', tone: 'time' },
  sleep_started: { icon: 'wtime', word: 'Sleep began', tone: 'time' },
  patch_marked: { icon: 'code', word: 'Patch taken', tone: 'quiet' },
  task_created: { icon: 'form', word: 'Task created', tone: 'person' },
  task_reminded: { icon: 'wtime', word: 'Reminder sent', tone: 'time' },
  task_escalated: { icon: 'form', word: 'Task escalated', tone: 'person' },
  task_refused: { icon: 'failed', word: 'Task refused', tone: 'fail' },
  cancel_requested: { icon: 'canceled', word: 'Cancel requested', tone: 'quiet' },
  terminate_requested: { icon: 'terminated', word: 'Termination requested', tone: 'fail' },
  execution_paused: { icon: 'paused', word: 'Paused', tone: 'paused' },
  execution_resumed: { icon: 'running', word: 'Resumed', tone: 'run' },
  execution_retried: { icon: 'retrying', word: 'Retried', tone: 'run' },
  execution_completed: { icon: 'completed', word: 'Completed', tone: 'done' },
  execution_failed: { icon: 'failed', word: 'Failed', tone: 'fail' },
  execution_canceled: { icon: 'canceled', word: 'Canceled', tone: 'quiet' },
  execution_terminated: { icon: 'terminated', word: 'Terminated', tone: 'fail' },
  child_started: { icon: 'layers', word: 'Child started', tone: 'run' },
  child_ended: { icon: 'layers', word: 'Child ended', tone: 'run' },
  execution_continued: { icon: 'layers', word: 'Continued as new', tone: 'done' },
};

/** Kinds of a newer log than this page read as their own name. */
export function entryLook(kind: string): EntryLook {
  return Object.hasOwn(looks, kind)
    ? looks[kind as EntryKind]
    : { icon: 'flow', word: kind.replaceAll('_', ' '), tone: 'quiet' };
}

export interface DetailSources {
  /** Titles of the execution's tasks. */
  readonly taskTitle: (taskId: string) => string | null;
  readonly person: (userId: string) => string;
}

/** What the entry is about, in one line. */
export function entryDetail(entry: LogEntry, { taskTitle, person }: DetailSources): string {
  const body = asObject(entry.payload);
  const title = (taskId: unknown) => (typeof taskId === 'string' ? taskTitle(taskId) : null) ?? 'task';
  switch (entry.kind) {
    case 'execution_started':
      return `by ${textOf(asObject(body.trigger).type) ?? 'a direct start'}`;
    case 'event_received':
      return shortName(textOf(asObject(body.event).name) ?? entry.name ?? '');
    case 'task_ended': {
      const by = textOf(body.by);
      const outcome = textOf(body.outcome);
      return `${title(body.taskId)}, ${outcome ?? textOf(body.status) ?? ''}${by ? ` by ${person(by)}` : ''}`;
    }
    case 'action_completed':
    case 'action_failed':
      return entry.name ?? '';
    case 'state_changed':
      return textOf(body.state) ?? entry.name ?? '';
    case 'data_set':
      return `${textOf(body.key) ?? entry.name ?? ''} = ${JSON.stringify(body.value ?? null)}`;
    case 'log_written':
      return textOf(body.message) ?? '';
    case 'wait_started':
      return body.taskId ? `for ${title(body.taskId)}` : shortName(entry.name ?? '');
    case 'sleep_started':
    case 'timer_fired':
      return entry.commandId ?? '';
    case 'task_created': {
      const roles = Array.isArray(body.candidateRoles) ? body.candidateRoles.join(', ') : '';
      return [textOf(body.title) ?? entry.name, roles && `for ${roles}`].filter(Boolean).join(', ');
    }
    case 'task_reminded':
      return title(body.taskId);
    case 'task_escalated': {
      const people = [body.roles, body.users].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
      return `${title(body.taskId)} to ${people.join(', ')}`;
    }
    case 'cancel_requested':
    case 'terminate_requested':
    case 'execution_paused':
    case 'execution_resumed':
    case 'execution_retried':
    case 'execution_terminated': {
      const by = textOf(body.by);
      return [by ? `by ${person(by)}` : 'by the engine', textOf(body.reason)].filter(Boolean).join(': ');
    }
    case 'task_refused':
    case 'execution_canceled':
    case 'execution_failed':
      return textOf(asObject(body.error).message) ?? '';
    case 'execution_completed':
      return body.result === null || body.result === undefined ? '' : JSON.stringify(body.result);
    default:
      return entry.name ?? '';
  }
}

/** A name that carries an id keeps its ends: `Task:019ab…c41e:Complete`. */
export function shortName(name: string): string {
  return name.replace(
    /([0-9a-f]{4})[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})/gi,
    '$1…$2',
  );
}
