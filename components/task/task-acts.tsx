'use client';
import { useRouter } from 'next/navigation';
import { use, useRef, useState } from 'react';
import { ActDialog } from '@/components/ui/act-dialog';
import { ActProblem } from '@/components/ui/act-problem';
import { useCommands, useKeyCommand, type Command } from '@/components/ui/commands';
import { Icon } from '@/components/ui/icons';
import { Key } from '@/components/ui/key';
import { keyCommands } from '@/components/ui/key-commands';
import { useToast } from '@/components/ui/toast';
import { useRefresh } from '@/components/ui/use-refresh';
import type { Choosable } from '@/components/ui/person-field';
import type { TaskAccess } from '@/lib/queries/task-access';
import { AfterDecision } from './after-decision';
import { believedAccess } from './beliefs';
import { useBelief } from './holding';
import { PlanDialog, type TaskPlan } from './plan-dialog';
import type { TaskActions, TaskChanged } from './task-actions';
import { actsOf, type TaskAct } from './task-questions';
import { useTaskChange } from './use-task-change';

/** What can be done with a task besides answering it: only what works now is shown. */
export function TaskActs({
  taskId,
  version,
  title,
  access: known,
  plan,
  holderName,
  people,
  actions,
}: {
  readonly taskId: string;
  readonly version: number;
  readonly title: string;
  readonly access: TaskAccess;
  readonly plan: TaskPlan;
  /** To whom a delegated task goes back. */
  readonly holderName: string | null;
  readonly people: Choosable;
  readonly actions: TaskActions;
}) {
  const router = useRouter();
  const refresh = useRefresh();
  const toast = useToast();
  const goOn = use(AfterDecision);
  const access = believedAccess(known, useBelief(taskId, version));
  const { change, tell, problem } = useTaskChange({ taskId, title, undo: actions.undo });
  const [open, setOpen] = useState<TaskAct | null>(null);
  const menu = useRef<HTMLDetailsElement>(null);

  const claim = () => void change(actions.claim, { as: 'mine', done: `${title} is yours` });
  const release = () => void change(actions.release, { as: 'free', done: `${title} is free again` });
  const acts = actsOf({ taskId, access, holderName, actions });
  const start = (act: TaskAct) => {
    if (menu.current) menu.current.open = false;
    setOpen(act);
  };

  const finish = ({ word, hasUndo, question }: TaskAct, changed: TaskChanged) => {
    setOpen(null);
    const done = `${title}: ${word.toLowerCase().replace('…', '')}`;
    if (hasUndo) tell(done, changed);
    else toast(done);
    if (question !== 'plan' && question.isDanger && goOn) goOn(taskId);
    else router.refresh();
  };
  const close = () => {
    setOpen(null);
    // Somebody may have been quicker: the page says so.
    void refresh();
  };

  useKeyCommand('claim', { isReady: access.mayClaim, run: claim });
  useKeyCommand('release', { isReady: access.mayRelease, run: release });
  useCommands(() => [
    ...withoutAct(acts),
    ...acts.map((act): Command => {
      const { word: words, icon, keyOf } = act;
      const keys = keyOf && keyCommands[keyOf].keys;
      return { words, icon, group: 'here', ...(keys && { keys }), run: () => start(act) };
    }),
  ]);

  return (
    <>
      {/* One button: the focus stays on it while it changes. */}
      {access.mayClaim || access.mayRelease ? (
        <button className="btn" type="button" onClick={access.mayClaim ? claim : release}>
          {access.mayClaim ? 'Claim' : 'Release'}
          <Key of={access.mayClaim ? 'claim' : 'release'} />
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
                  {each.keyOf ? <Key of={each.keyOf} /> : null}
                </button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <ActProblem text={problem} />
      {open?.question === 'plan' ? (
        <PlanDialog
          taskId={taskId}
          plan={plan}
          send={actions.plan}
          onDone={(changed) => finish(open, changed)}
          onClose={close}
        />
      ) : null}
      {open && open.question !== 'plan' ? (
        <ActDialog
          question={open.question}
          people={people}
          onDone={(changed) => finish(open, changed)}
          onClose={close}
        />
      ) : null}
    </>
  );
}

/** Their keys belong to this page also while the task cannot be handed to anybody. */
function withoutAct(acts: readonly TaskAct[]): readonly Command[] {
  return (['delegate', 'assign'] as const)
    .filter((name) => !acts.some(({ keyOf }) => keyOf === name))
    .map((name) => ({ ...keyCommands[name], group: 'here', isReady: false, run: () => undefined }));
}
