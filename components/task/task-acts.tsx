'use client';
import { useRouter } from 'next/navigation';
import { use, useRef, useState } from 'react';
import { ActDialog, type ActQuestion } from '@/components/ui/act-dialog';
import { ActProblem } from '@/components/ui/act-problem';
import { Icon, type IconName } from '@/components/ui/icons';
import { useKey } from '@/components/ui/keys';
import { useToast } from '@/components/ui/toast';
import { useAct } from '@/components/ui/use-act';
import type { Colleague } from '@/lib/queries/people';
import type { TaskAccess } from '@/lib/queries/task-access';
import { AfterDecision } from './after-decision';
import { PlanDialog, type TaskPlan } from './plan-dialog';
import type { TaskActions } from './task-actions';

interface Act {
  readonly word: string;
  readonly icon: IconName;
  readonly key?: string;
  /** What the act asks before it is done; planning has a dialog of its own. */
  readonly question: ActQuestion | 'plan';
}

/** What can be done with a task besides answering it: only what works now is shown. */
export function TaskActs({
  taskId,
  title,
  access,
  plan,
  holderName,
  people,
  actions,
}: {
  readonly taskId: string;
  readonly title: string;
  readonly access: TaskAccess;
  readonly plan: TaskPlan;
  /** To whom a delegated task goes back. */
  readonly holderName: string | null;
  readonly people: readonly Colleague[];
  readonly actions: TaskActions;
}) {
  const router = useRouter();
  const toast = useToast();
  const { act, pending, failure } = useAct();
  const goOn = use(AfterDecision);
  const [open, setOpen] = useState<{ readonly question: Act['question']; readonly done: string } | null>(null);
  const menu = useRef<HTMLDetailsElement>(null);

  const claiming = { action: () => actions.claim({ taskId }), done: `${title} is yours` };
  const releasing = { action: () => actions.release({ taskId }), done: `${title} is free again` };
  const claim = () => (access.mayClaim ? act(claiming.action, claiming.done, releasing) : undefined);
  // What an administrator took from somebody does not come back by claiming it.
  const release = () =>
    access.mayRelease ? act(releasing.action, releasing.done, access.isMine ? claiming : undefined) : undefined;
  const acts = actsOf({ taskId, access, holderName, actions });
  const start = (chosen: Act | undefined) => {
    if (!chosen) return;
    if (menu.current) menu.current.open = false;
    setOpen({ question: chosen.question, done: `${title}: ${chosen.word.toLowerCase().replace('…', '')}` });
  };

  const finish = (done: string, question?: Act['question']) => {
    setOpen(null);
    toast(done);
    if (typeof question === 'object' && question.isDanger && goOn) goOn(taskId);
    else router.refresh();
  };
  const close = () => {
    setOpen(null);
    // Somebody may have been quicker: the page says so.
    router.refresh();
  };

  useKey('c', claim);
  useKey('u', release);
  useKey('a', () => start(acts.find(({ key }) => key === 'a')));
  useKey('d', () => start(acts.find(({ key }) => key === 'd')));

  return (
    <>
      {access.mayClaim ? (
        <button className="btn" type="button" aria-busy={pending} onClick={claim}>
          {pending ? <Icon name="retrying" /> : null}
          Claim
          <kbd className="key">C</kbd>
        </button>
      ) : null}
      {access.mayRelease ? (
        <button className="btn" type="button" aria-busy={pending} onClick={release}>
          {pending ? <Icon name="retrying" /> : null}
          Release
          <kbd className="key">U</kbd>
        </button>
      ) : null}
      {acts.length > 0 ? (
        <details
          className="task-menu"
          ref={menu}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !menu.current?.open) return;
            event.preventDefault();
            menu.current.open = false;
            menu.current.querySelector('summary')?.focus();
          }}
        >
          <summary className="btn btn-ghost">
            <Icon name="dots" />
            More
          </summary>
          <ul>
            {acts.map((each) => (
              <li key={each.word}>
                <button className="btn btn-ghost" type="button" onClick={() => start(each)}>
                  <Icon name={each.icon} />
                  <span className="grow">{each.word}</span>
                  {each.key ? <kbd className="key">{each.key.toUpperCase()}</kbd> : null}
                </button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <ActProblem text={failure?.text ?? null} />
      {open?.question === 'plan' ? (
        <PlanDialog taskId={taskId} plan={plan} send={actions.plan} onDone={() => finish(open.done)} onClose={close} />
      ) : null}
      {open && open.question !== 'plan' ? (
        <ActDialog
          question={open.question}
          people={people}
          onDone={() => finish(open.done, open.question)}
          onClose={close}
        />
      ) : null}
    </>
  );
}

const note = { label: 'Note', isOptional: true, path: '/note' } as const;

function actsOf({
  taskId,
  access,
  holderName,
  actions,
}: {
  readonly taskId: string;
  readonly access: TaskAccess;
  readonly holderName: string | null;
  readonly actions: TaskActions;
}): readonly Act[] {
  const acts: readonly (Act & { readonly isShown: boolean })[] = [
    {
      isShown: access.mayGiveBack,
      word: access.isMine ? `Give it back to ${holderName ?? 'its owner'}…` : 'Take it back…',
      icon: 'declined',
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
      key: 'd',
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
      key: 'a',
      question: {
        title: 'Assign',
        help: 'Somebody decides this, whoever has it now.',
        person: 'Who decides',
        words: note,
        verb: 'Assign',
        send: ({ to, words }) => actions.assign({ taskId, to, note: words }),
      },
    },
    { isShown: access.mayPlan, word: 'Plan…', icon: 'clock', question: 'plan' },
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
