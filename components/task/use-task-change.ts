'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { useToast } from '@/components/ui/toast';
import type { Belief } from './beliefs';
import { useBelieve } from './holding';
import type { TaskActions, TaskChanged } from './task-actions';

type Answer = ActionAnswer<TaskChanged> | null;

/**
 * Changes of one task: shown at once, with Undo for some seconds, and taken back on the page when the server refuses.
 * They are sent one after the other, in the order in which they were made, however quickly that was.
 */
export function useTaskChange({
  taskId,
  title,
  undo,
}: {
  readonly taskId: string;
  readonly title: string;
  readonly undo: TaskActions['undo'];
}) {
  const router = useRouter();
  const toast = useToast();
  const believe = useBelieve();
  const [problem, setProblem] = useState<string | null>(null);
  const isHere = useRef(true);
  const sent = useRef<Promise<unknown>>(Promise.resolve());
  /** What the task is to become by what was not answered yet, the last one last. */
  const wanted = useRef<readonly Belief['as'][]>([]);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);

  const fail = (message: string) => {
    // Where the reader is now: they may have gone on to another task.
    if (isHere.current) setProblem(message);
    else toast(`${title}: ${message}`, { icon: 'alert' });
  };

  /** Sends it behind what was sent before; the page shows its outcome until the server does. */
  const send = (as: Belief['as'], action: () => Promise<Answer>): Promise<Answer> => {
    setProblem(null);
    wanted.current = [...wanted.current, as];
    believe(taskId, { as, until: null });
    const answered = sent.current.then(async () => {
      const answer = await action().catch(() => null);
      wanted.current = wanted.current.slice(1);
      const next = wanted.current.at(-1);
      if (next === undefined) believe(taskId, answer?.ok ? { as, until: answer.value.version } : null);
      // A page that is read again without a connection would be gone.
      if (answer) router.refresh();
      return answer;
    });
    sent.current = answered;
    return answered;
  };

  const takeBack = async (changed: Promise<Answer>, as: Belief['as']) => {
    const answer = await send(as, async () => {
      const done = await changed;
      // What was not done needs no way back, and why it was not has been said.
      return done?.ok ? undo({ taskId, version: done.value.version }) : done;
    });
    const done = await changed;
    if (!done?.ok) return;
    if (answer?.ok) toast(`${title}: taken back`);
    else fail(answer?.message ?? unreachable);
  };

  /** @param as how the task is shown while the server is asked. */
  const change = async (
    action: (input: { readonly taskId: string }) => Promise<ActionAnswer<TaskChanged>>,
    { as, done }: { readonly as: Belief['as']; readonly done: string },
  ) => {
    const changed = send(as, () => action({ taskId }));
    const dismiss = toast(done, { undo: () => void takeBack(changed, as === 'mine' ? 'free' : 'mine') });
    const answer = await changed;
    if (answer?.ok) return;
    dismiss();
    fail(answer?.message ?? unreachable);
  };

  /** Says that something was done that is not shown beforehand, with the way back. */
  const tell = (done: string, { version: made }: TaskChanged) => {
    toast(done, {
      undo: () => {
        void undo({ taskId, version: made })
          .catch(() => null)
          .then((answer) => {
            if (answer?.ok) toast(`${title}: taken back`);
            else fail(answer?.message ?? unreachable);
            if (answer) router.refresh();
          });
      },
    });
  };
  return { change, tell, problem };
}
