'use client';
import { useEffect, useState } from 'react';
import type { ActionAnswer } from '@/components/ui/action-types';
import type { Found } from '@/lib/queries/find';

export type Find = (asked: { readonly words: string }) => Promise<ActionAnswer<Found>>;

/** Long enough not to ask for each letter. */
const pauseMs = 200;
/** One letter fits everything. */
const fewestLetters = 2;

const nothing: Found = { tasks: [], executions: [] };

/** What the server finds for the typed words, a moment after the typing paused. `find` null: nothing is looked for. */
export function useFind(typed: string, find: Find | null) {
  const words = find !== null && typed.trim().length >= fewestLetters ? typed.trim() : '';
  const [answer, setAnswer] = useState<{ readonly words: string; readonly found: Found | null }>({
    words: '',
    found: nothing,
  });
  useEffect(() => {
    if (words === '' || find === null) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      void find({ words })
        .catch(() => null)
        .then((result) => {
          if (isWanted) setAnswer({ words, found: result?.ok ? result.value : null });
        });
    }, pauseMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [words, find]);
  const isLooking = words !== '' && answer.words !== words;
  return {
    /** What was found before stays while more is looked for, as long as something is asked for. */
    found: words === '' ? nothing : (answer.found ?? nothing),
    isLooking,
    hasFailed: words !== '' && !isLooking && answer.found === null,
  };
}
