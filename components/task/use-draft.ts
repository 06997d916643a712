'use client';
import { useEffect, useState } from 'react';
import type { JsonObject } from '@/lib/forms/types';
import { DraftSaver, typedButUnsaved, type DraftState } from './draft-saver';
import { isTooLarge } from './most';
import type { TaskActions } from './task-actions';

/** The reader's draft of one task: where the form starts, and what keeps it. */
export function useDraft(options: {
  readonly taskId: string;
  /** As the server has it. */
  readonly stored: JsonObject | null;
  readonly save: TaskActions['saveDraft'];
}) {
  const { taskId, stored, save } = options;
  const [initial] = useState(() => typedButUnsaved(taskId) ?? stored);
  const [state, setState] = useState<DraftState>(initial ? 'restored' : 'none');
  const [saver] = useState(
    () =>
      new DraftSaver({
        taskId,
        // Kept on the page alone: the server would not take it.
        save: async (data) => !isTooLarge(data) && (await save({ taskId, data })).ok,
        tell: setState,
      }),
  );
  useEffect(() => {
    const leave = () => void saver.flush();
    document.addEventListener('visibilitychange', leave);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      leave();
    };
  }, [saver]);
  return { initial, saver, text: texts[state], hasTyped: state !== 'none' };
}

const texts: Readonly<Record<DraftState, string>> = {
  none: '',
  restored: 'Restored what you typed',
  unsaved: '',
  saved: 'Saved for you',
  failed: 'Not saved yet',
};
