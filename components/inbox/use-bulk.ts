'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { useToast } from '@/components/ui/toast';
import type { InboxRow } from '@/lib/queries/inbox';
import type { BulkAnswer } from '@shared/workflow/model/bulkAnswer';
import type { BulkAct, BulkActions, Refusal } from './bulk-types';

const nothing: ReadonlySet<string> = new Set();

/** Which tasks of the list are selected, and what became of the last act on them. */
export function useBulk(rows: readonly InboxRow[], undo: BulkActions['undo']) {
  const router = useRouter();
  const toast = useToast();
  const [picked, setPicked] = useState(nothing);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [isPending, setPending] = useState(false);
  // What has left the list is not acted on.
  const chosen = rows.filter(({ taskId }) => picked.has(taskId));

  const forget = () => {
    setRefusals([]);
    setProblem(null);
  };
  const pick = (next: ReadonlySet<string>) => {
    setPicked(next);
    forget();
  };

  /** Does it to all that are selected, says how many it was done to, and keeps why it was not done to others. */
  const run = async (act: BulkAct, done: string, hasUndo = false): Promise<readonly BulkAnswer[]> => {
    if (isPending || chosen.length === 0) return [];
    const titles = new Map(chosen.map(({ taskId, title }) => [taskId, title]));
    setPending(true);
    forget();
    const answer = await act([...titles.keys()]).catch((): ActionAnswer<readonly BulkAnswer[]> => {
      return { ok: false, code: 'unreachable', message: unreachable };
    });
    setPending(false);
    // Whatever came of it, somebody may have been quicker: the list shows how it stands now. A page that is read again
    // without a connection would be gone.
    if (answer.ok || answer.code !== 'unreachable') router.refresh();
    if (!answer.ok) {
      setProblem(answer.message);
      return [];
    }
    const changes = answer.value.flatMap((result) =>
      result.ok ? [{ taskId: result.taskId, version: result.version }] : [],
    );
    if (changes.length > 0)
      toast(`${changes.length} ${done}`, hasUndo ? { undo: () => void takeBack(changes, titles) } : {});
    setRefusals(refusalsOf(answer.value, titles));
    return answer.value;
  };

  const takeBack = async (
    changes: Parameters<BulkActions['undo']>[0]['changes'],
    titles: ReadonlyMap<string, string>,
  ) => {
    const answer = await undo({ changes }).catch(() => null);
    if (!answer?.ok) toast(answer?.message ?? unreachable, { icon: 'alert' });
    else {
      const count = answer.value.filter(({ ok }) => ok).length;
      if (count > 0) toast(`${count} taken back`);
      setRefusals(refusalsOf(answer.value, titles));
    }
    if (answer) router.refresh();
  };

  return {
    chosen,
    refusals,
    problem,
    isPending,
    run,
    isPicked: (taskId: string) => picked.has(taskId),
    toggle: (taskId: string) => {
      const next = new Set(picked);
      if (!next.delete(taskId)) next.add(taskId);
      pick(next);
    },
    pickAll: (taskIds: readonly string[]) => pick(new Set(taskIds)),
    clear: () => pick(nothing),
  };
}

const refusalsOf = (answers: readonly BulkAnswer[], titles: ReadonlyMap<string, string>): readonly Refusal[] =>
  answers.flatMap((answer) =>
    answer.ok ? [] : [{ taskId: answer.taskId, title: titles.get(answer.taskId) ?? '', message: answer.message }],
  );

export type Bulk = ReturnType<typeof useBulk>;
