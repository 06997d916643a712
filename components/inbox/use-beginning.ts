'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';
import { beginAtTop, headingId } from '@/components/task/begin-at-top';

/**
 * Another task in the pane begins at its top, however it came there: the pane itself stays, and with it where it was
 * scrolled to. After a decision the focus goes to its heading too, since the button that had it is gone.
 */
export function useBeginning({
  taskId,
  isPicked,
}: {
  /** The task that is shown; null while none is. */
  readonly taskId: string | null;
  /** Whether the address names it: on a phone it is only then on the screen. */
  readonly isPicked: boolean;
}): {
  /** The next task that is shown gets the focus. */
  readonly focusNext: () => void;
} {
  const shown = useRef({ taskId, isPicked });
  const takesFocus = useRef(false);
  useLayoutEffect(() => {
    const was = shown.current;
    shown.current = { taskId, isPicked };
    if (taskId === null || (was.taskId === taskId && was.isPicked === isPicked)) return;
    if (takesFocus.current) {
      takesFocus.current = false;
      beginAtTop(taskId);
      return;
    }
    if (was.taskId !== taskId) document.getElementById(headingId(taskId))?.closest('.detail')?.scrollTo({ top: 0 });
    // Where list and task are one page: back in the list it is where it was left, by the browser.
    if (isPicked && matchMedia('(max-width: 899px)').matches) scrollTo({ top: 0 });
  }, [taskId, isPicked]);
  return {
    focusNext: useCallback(() => {
      takesFocus.current = true;
    }, []),
  };
}
