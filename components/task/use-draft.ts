'use client';
import { useEffect, useState } from 'react';
import type { JsonObject } from '@/lib/forms/types';
import { DraftSaver, type DraftState } from './draft-saver';
import { isTooLarge } from './most';
import type { TaskActions } from './task-actions';
import { forgetOthers, isFromBefore, typedHere, type TypedBy } from './typed-here';

/** The reader's draft of one task: where the form starts, and what keeps it. */
export function useDraft(options: {
  readonly by: TypedBy;
  /** As the server has it. */
  readonly stored: JsonObject | null;
  /** Whether the form starts from what the page before this one could not save. */
  readonly isResumed: boolean;
  readonly save: TaskActions['saveDraft'];
}) {
  const { by, stored, isResumed, save } = options;
  const { taskId, userId } = by;
  const [initial] = useState(() => {
    // What is from before the page was loaded is not in what the server drew: it comes a moment later.
    const here = isFromBefore(by) && !isResumed ? undefined : typedHere(by);
    return here ?? stored;
  });
  const [state, setState] = useState<DraftState>(initial ? 'restored' : 'none');
  const [saver] = useState(
    () =>
      new DraftSaver({
        by: { taskId, userId },
        // Kept on the page alone: the server would not take it.
        save: async (data) => !isTooLarge(data) && (await save({ taskId, data })).ok,
        tell: setState,
      }),
  );
  useEffect(() => {
    forgetOthers(userId);
    const here = isResumed ? typedHere({ userId, taskId }) : undefined;
    if (here) saver.resume(here);
    const flush = () => void saver.flush();
    document.addEventListener('visibilitychange', flush);
    addEventListener('online', flush);
    return () => {
      document.removeEventListener('visibilitychange', flush);
      removeEventListener('online', flush);
      flush();
    };
  }, [saver, userId, taskId, isResumed]);
  return { initial, saver, text: texts[state], hasTyped: state !== 'none', isUnreachable: state === 'unreachable' };
}

const texts: Readonly<Record<DraftState, string>> = {
  none: '',
  restored: 'Restored what you typed',
  unsaved: '',
  saved: 'Saved for you',
  refused: 'Not saved yet',
  unreachable: 'Kept here for now',
};
