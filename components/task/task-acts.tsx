'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useKey } from '@/components/ui/keys';
import { useToast } from '@/components/ui/toast';

export type TaskAction = (input: { readonly taskId: string }) => Promise<ActionAnswer>;

/** Claim and release: only what works now is shown. */
export function TaskActs({
  taskId,
  title,
  mayClaim,
  mayRelease,
  claim,
  release,
}: {
  readonly taskId: string;
  readonly title: string;
  readonly mayClaim: boolean;
  readonly mayRelease: boolean;
  readonly claim: TaskAction;
  readonly release: TaskAction;
}) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [problem, setProblem] = useState<string | null>(null);

  const act = (action: TaskAction, done: string) => {
    if (pending) return;
    setProblem(null);
    startTransition(async () => {
      const answer = await action({ taskId }).catch(() => ({ ok: false as const, message: unreachable }));
      if (answer.ok) toast(done);
      else setProblem(answer.message);
      // Whether it worked or somebody was quicker: show how things stand now.
      router.refresh();
    });
  };

  useKey('c', () => (mayClaim ? act(claim, `${title} is yours`) : undefined));
  useKey('u', () => (mayRelease ? act(release, `${title} is free again`) : undefined));

  return (
    <>
      {mayClaim ? (
        <button className="btn" type="button" aria-busy={pending} onClick={() => act(claim, `${title} is yours`)}>
          {pending ? <Icon name="retrying" /> : null}
          Claim
          <kbd className="key">C</kbd>
        </button>
      ) : null}
      {mayRelease ? (
        <button
          className="btn"
          type="button"
          aria-busy={pending}
          onClick={() => act(release, `${title} is free again`)}
        >
          {pending ? <Icon name="retrying" /> : null}
          Release
          <kbd className="key">U</kbd>
        </button>
      ) : null}
      {problem ? (
        <p className="note tone-fail act-problem" role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      ) : null}
    </>
  );
}
