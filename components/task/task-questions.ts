/** What is asked before a task is handed to somebody, lent, given back or declined: only what works now is offered. */
import type { ActQuestion } from '@/components/ui/act-dialog';
import type { IconName } from '@/components/ui/icons';
import type { KeyCommandName } from '@/components/ui/key-commands';
import type { TaskAccess } from '@/lib/queries/task-access';
import type { TaskActions, TaskChanged } from './task-actions';

export interface TaskAct {
  readonly word: string;
  readonly icon: IconName;
  /** The act of the same name has a key. */
  readonly keyOf?: Extract<KeyCommandName, 'assign' | 'delegate'>;
  /** What the act asks before it is done; planning has a dialog of its own. */
  readonly question: ActQuestion<TaskChanged> | 'plan';
  /** It can be taken back. */
  readonly hasUndo?: boolean;
}

const note = { label: 'Note', isOptional: true, path: '/note' } as const;

export function actsOf({
  taskId,
  access,
  holderName,
  actions,
}: {
  readonly taskId: string;
  readonly access: TaskAccess;
  /** To whom a delegated task goes back. */
  readonly holderName: string | null;
  readonly actions: TaskActions;
}): readonly TaskAct[] {
  const acts: readonly (TaskAct & { readonly isShown: boolean })[] = [
    {
      isShown: access.mayGiveBack,
      word: access.isMine ? `Give it back to ${holderName ?? 'its owner'}…` : 'Take it back…',
      icon: 'declined',
      hasUndo: true,
      question: {
        title: access.isMine ? 'Give back' : 'Take back',
        help: access.isMine
          ? `${holderName ?? 'Its owner'} decides. Say what you found.`
          : 'You work on it again, and decide.',
        words: note,
        verb: access.isMine ? 'Give back' : 'Take back',
        send: ({ words }) => actions.giveBack({ taskId, note: words }),
      },
    },
    {
      isShown: access.mayHandOn,
      word: 'Delegate…',
      icon: 'users',
      keyOf: 'delegate',
      hasUndo: true,
      question: {
        title: 'Delegate',
        help: 'Somebody works on it and gives it back to you. You decide.',
        person: 'Who helps',
        words: { ...note, label: 'What you want to know' },
        verb: 'Delegate',
        send: ({ to, words }) => actions.delegate({ taskId, to, note: words }),
      },
    },
    {
      isShown: access.mayHandOn,
      word: 'Forward…',
      icon: 'right',
      hasUndo: true,
      question: {
        title: 'Forward',
        help: 'Somebody else decides in your place. It does not come back.',
        person: 'Who decides',
        words: note,
        verb: 'Forward',
        send: ({ to, words }) => actions.forward({ taskId, to, note: words }),
      },
    },
    {
      isShown: access.mayAsk,
      word: 'Ask a question…',
      icon: 'comment',
      question: {
        title: 'Ask a question',
        help: 'Whoever you ask can read this task. It stays with you meanwhile.',
        person: 'Whom you ask',
        words: { label: 'Your question', isOptional: false, path: '/text' },
        verb: 'Ask',
        send: ({ to, words }) => actions.ask({ taskId, to, text: words }),
      },
    },
    {
      isShown: access.mayAssign,
      word: 'Assign…',
      icon: 'user',
      keyOf: 'assign',
      hasUndo: true,
      question: {
        title: 'Assign',
        help: 'Somebody decides this, whoever has it now.',
        person: 'Who decides',
        words: note,
        verb: 'Assign',
        send: ({ to, words }) => actions.assign({ taskId, to, note: words }),
      },
    },
    { isShown: access.mayPlan, word: 'Plan…', icon: 'clock', hasUndo: true, question: 'plan' },
    {
      isShown: access.mayDecide,
      word: 'Decline…',
      icon: 'failed',
      question: {
        title: 'Decline',
        help: 'This ends the task without an answer. The workflow is told why and goes on.',
        words: { label: 'Why it should not be done', isOptional: false, path: '/reason' },
        verb: 'Decline',
        isDanger: true,
        send: ({ words }) => actions.decline({ taskId, reason: words }),
      },
    },
  ];
  return acts.filter(({ isShown }) => isShown);
}
