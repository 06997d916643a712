/** The one table of how a status looks: icon, word and tone. Colour is never alone. */
import { isOpenTask, type ExecutionStatus, type TaskStatus } from '@shared/workflow/model/status';
import { Icon, type IconName } from './icons';

export type Tone = 'run' | 'person' | 'time' | 'retry' | 'done' | 'fail' | 'block' | 'paused' | 'quiet';

export interface StatusLook {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: Tone;
  readonly means: string;
}

/** What a waiting execution waits for decides how its status reads. */
export type WaitingFor = 'person' | 'event' | 'time';

const waitingLooks: Readonly<Record<WaitingFor, StatusLook>> = {
  person: { icon: 'wperson', word: 'Waiting for a person', tone: 'person', means: 'An open task holds it' },
  event: { icon: 'wevent', word: 'Waiting for an event', tone: 'time', means: 'A named event will wake it' },
  time: { icon: 'wtime', word: 'Waiting for a time', tone: 'time', means: 'A timer will wake it' },
};

const executionLooks: Readonly<Record<ExecutionStatus, StatusLook>> = {
  pending: { icon: 'pending', word: 'Pending', tone: 'quiet', means: 'Accepted, no worker has started it' },
  running: { icon: 'running', word: 'Running', tone: 'run', means: 'Code or an action is at work now' },
  waiting: { icon: 'wevent', word: 'Waiting', tone: 'time', means: 'Something outside will wake it' },
  paused: { icon: 'paused', word: 'Paused', tone: 'paused', means: 'Someone stopped it for now' },
  blocked_on_code: {
    icon: 'blocked',
    word: 'Blocked on code',
    tone: 'block',
    means: 'The code no longer matches its history',
  },
  completed: { icon: 'completed', word: 'Completed', tone: 'done', means: 'Ran to its end' },
  failed: { icon: 'failed', word: 'Failed', tone: 'fail', means: 'Ended with an error nobody caught' },
  canceled: { icon: 'canceled', word: 'Canceled', tone: 'quiet', means: 'Asked to stop, cleaned up, stopped' },
  terminated: { icon: 'terminated', word: 'Terminated', tone: 'quiet', means: 'Stopped at once, no clean-up' },
  continued_as_new: {
    icon: 'continued',
    word: 'Continued as new',
    tone: 'quiet',
    means: 'Handed on to a fresh execution',
  },
};

const retryingLook: StatusLook = {
  icon: 'retrying',
  word: 'Retrying',
  tone: 'retry',
  means: 'An action failed and will be tried again',
};

const taskLooks: Readonly<Record<TaskStatus, StatusLook>> = {
  pending: { icon: 'pending', word: 'Pending', tone: 'quiet', means: 'Nobody has taken it yet' },
  claimed: { icon: 'claimed', word: 'Claimed', tone: 'person', means: 'One person is on it' },
  completed: { icon: 'completed', word: 'Completed', tone: 'done', means: 'Answered with an outcome' },
  declined: {
    icon: 'declined',
    word: 'Declined',
    tone: 'retry',
    means: 'The person said it is not theirs to answer',
  },
  canceled: { icon: 'canceled', word: 'Canceled', tone: 'quiet', means: 'The workflow no longer needs it' },
  expired: { icon: 'expired', word: 'Expired', tone: 'time', means: 'Its time ran out' },
};

export interface ExecutionSituation {
  readonly status: ExecutionStatus;
  readonly waitingFor?: WaitingFor | null;
  readonly retrying?: boolean;
}

/** How an execution reads: its status, refined by what it waits for and by an action between two attempts. */
export function executionLook({ status, waitingFor, retrying }: ExecutionSituation): StatusLook {
  if ((status === 'running' || status === 'waiting') && retrying) return retryingLook;
  if (status === 'waiting' && waitingFor) return waitingLooks[waitingFor];
  return executionLooks[status];
}

/** The looks that a filter by status offers, in the order of an execution's life. */
export const executionStatusLooks = Object.entries(executionLooks) as readonly [ExecutionStatus, StatusLook][];

export function taskLook(status: TaskStatus): StatusLook {
  return taskLooks[status];
}

export function Status({
  look,
  word,
  badge = false,
}: {
  readonly look: StatusLook;
  /** Replaces the table's word where more is known, for example "Claimed by Mia". */
  readonly word?: string;
  readonly badge?: boolean;
}) {
  return (
    <span className={`st${badge ? ' badge' : ''} tone-${look.tone}`}>
      <Icon name={look.icon} />
      {word ?? look.word}
    </span>
  );
}

/** "Claimed by you", "Completed by Mia Rossi": a task's status with the person who holds or ended it. */
export function taskStatusWord({
  status,
  person,
}: {
  readonly status: TaskStatus;
  /** null: nobody. Give "you" for the reader. */
  readonly person: string | null;
}): string {
  const { word } = taskLooks[status];
  if (status === 'pending') return 'Nobody has taken it';
  return person && (isOpenTask(status) || status === 'completed' || status === 'declined')
    ? `${word} by ${person}`
    : word;
}

export type Priority = 'low' | 'normal' | 'high' | 'urgent';

const priorityLooks: Readonly<Record<Priority, { readonly icon: IconName | null; readonly word: string }>> = {
  low: { icon: null, word: 'Low' },
  normal: { icon: null, word: 'Normal' },
  high: { icon: 'prio3', word: 'High' },
  urgent: { icon: 'prio4', word: 'Urgent' },
};

/** Only what is out of the ordinary is shown: normal and low priority print nothing. */
export function PriorityMark({ priority, word = false }: { readonly priority: Priority; readonly word?: boolean }) {
  const look = priorityLooks[priority];
  if (!look.icon) return null;
  return word ? (
    <span className="row">
      <Icon name={look.icon} />
      {look.word}
    </span>
  ) : (
    <span className="prio" title={`${look.word} priority`}>
      <Icon name={look.icon} />
      <span className="vh">{look.word} priority</span>
    </span>
  );
}
