'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ActionAnswer } from '@/components/ui/action-types';
import type { InboxList, InboxRow } from '@/lib/queries/inbox';
import { appendRows, dropGone, mergeRows, takeAll, updateRows } from './merge-rows';

/** Reads a further page of the list that is shown, or some of its rows again. */
export type ReadMore = (asked: {
  readonly after?: string;
  readonly taskIds?: string[];
}) => Promise<ActionAnswer<InboxList>>;

const idOf = (row: InboxRow) => row.taskId;
/** Rows come into view by the dozen: asked about once, when the scrolling pauses. */
const pauseMs = 150;
/** What is asked about at once. */
const askedAtOnce = 100;

/**
 * The rows of the list: the first page as the server renders it again and again, and the further ones that were
 * scrolled to. Of those, what is in view is looked at again whenever the first page was.
 * @param asked what the list is narrowed by, as text: another one is another list.
 */
export function useInboxRows({
  page,
  asked,
  read,
}: {
  readonly page: InboxList;
  readonly asked: string;
  readonly read: ReadMore;
}) {
  const [isHeld, setHeld] = useState(false);
  const [listed, setListed] = useState(() => takeAll(page));
  const [seen, setSeen] = useState({ page, asked });
  const [isReading, setReading] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  if (page !== seen.page) {
    setSeen({ page, asked });
    // Another question has another answer: nothing of the old list stays.
    setListed(asked === seen.asked ? mergeRows({ before: listed, page, idOf, isHeld }) : takeAll(page));
  }

  // What the answers of the server meet when they arrive.
  const now = useRef({ listed, asked, isHeld, read });
  useEffect(() => {
    now.current = { listed, asked, isHeld, read };
  });

  const more = useCallback(async () => {
    const { asked: question, listed: before, read: readMore } = now.current;
    if (before.next === null) return;
    setReading(true);
    setFailed(false);
    const answer = await readMore({ after: before.next }).catch(() => null);
    setReading(false);
    if (now.current.asked !== question) return;
    if (answer?.ok) setListed((current) => appendRows(current, answer.value, idOf));
    else setFailed(true);
  }, []);

  const inView = useRef(new Map<string, readonly string[]>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const look = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const { listed: current, asked: question, read: readMore } = now.current;
      const shown = new Set([...inView.current.values()].flat());
      const taskIds = current.shown
        .filter(({ row, isUnsure }) => isUnsure && shown.has(row.taskId))
        .slice(0, askedAtOnce)
        .map(({ row }) => row.taskId);
      if (taskIds.length === 0) return;
      void readMore({ taskIds })
        .catch(() => null)
        .then((answer) => {
          if (!answer?.ok || now.current.asked !== question) return;
          const { isHeld: holds } = now.current;
          setListed((before) =>
            updateRows({ before, asked: new Set(taskIds), found: answer.value.rows, idOf, isHeld: holds }),
          );
        });
    }, pauseMs);
  }, []);
  useEffect(() => {
    if (listed.shown.some(({ isUnsure }) => isUnsure)) look();
  }, [listed, look]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return {
    ...listed,
    isReading,
    hasFailed,
    more,
    /** Told which rows of a group are in view. */
    see: useCallback(
      (group: string, taskIds: readonly string[]) => {
        inView.current.set(group, taskIds);
        look();
      },
      [look],
    ),
    showNew: () => setListed(takeAll(page)),
    hold: (holds: boolean) => {
      setHeld(holds);
      if (!holds) setListed(dropGone(listed, page));
    },
  };
}

export type InboxRows = ReturnType<typeof useInboxRows>;
