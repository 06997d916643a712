'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { unreachable, type ActionAnswer } from './action-types';
import { useToast } from './toast';

/**
 * One act after another from a press of a button: what it did is said, what went wrong stays to be read, and the page
 * shows how things stand now, whether it worked or somebody was quicker.
 */
export function useAct() {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [problem, setProblem] = useState<string | null>(null);
  const [problemCode, setProblemCode] = useState<string | null>(null);

  const act = (action: () => Promise<ActionAnswer>, done: string) => {
    if (pending) return;
    setProblem(null);
    setProblemCode(null);
    startTransition(async () => {
      const answer = await action().catch(() => ({ ok: false as const, code: null, message: unreachable }));
      if (answer.ok) toast(done);
      else {
        setProblem(answer.message);
        setProblemCode(answer.code);
      }
      router.refresh();
    });
  };
  return { act, pending, problem, problemCode };
}
