'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { unreachable, type ActionAnswer } from './action-types';
import { useToast } from './toast';

/** What went wrong with an act, in words, and the code by which it can be looked up. */
export interface ActFailure {
  readonly text: string;
  readonly code: string | null;
}

/** An act, and what is said when it is done. */
interface Undo {
  readonly action: () => Promise<ActionAnswer>;
  readonly done: string;
}

/**
 * One act after another from a press of a button: what it did is said, what went wrong stays to be read, and the page
 * shows how things stand now, whether it worked or somebody was quicker.
 * @param report where many buttons share one place for what went wrong; else it is in the answer.
 */
export function useAct(report?: (failure: ActFailure | null) => void) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [failure, setFailure] = useState<ActFailure | null>(null);
  const tell = report ?? setFailure;

  const takeBack = async ({ action, done }: Undo) => {
    const answer = await action().catch(() => null);
    if (answer?.ok) toast(done);
    else toast(answer?.message ?? unreachable, { icon: 'alert' });
    // A page that is read again without a connection would be gone.
    if (answer) router.refresh();
  };

  /** @param undo what takes the act back, offered for some seconds, wherever the reader has gone meanwhile. */
  const act = (action: () => Promise<ActionAnswer>, done: string, undo?: Undo) => {
    if (pending) return;
    tell(null);
    startTransition(async () => {
      const answer = await action().catch(() => null);
      if (answer?.ok) toast(done, undo ? { undo: () => void takeBack(undo) } : {});
      else tell({ text: answer?.message ?? unreachable, code: answer?.code ?? null });
      if (answer) router.refresh();
    });
  };
  return { act, pending, failure };
}
