'use client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { useToast } from '@/components/ui/toast';
import type { InboxRow } from '@/lib/queries/inbox';
import type { BulkAnswer } from '@shared/workflow/model/bulkAnswer';
import type { BulkAct, Refusal } from './bulk-types';

const nothing: ReadonlySet<string> = new Set();

/** What takes an act back, and what is said then. */
interface BulkUndo {
  readonly act: BulkAct;
  readonly done: string;
}

/** Which tasks of the list are selected, and what became of the last act on them. */
export function useBulk(rows: readonly InboxRow[]) {
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
  const run = async (act: BulkAct, done: string, undo?: BulkUndo): Promise<readonly BulkAnswer[]> => {
    if (isPending || chosen.length === 0) return [];
    const titles = new Map(chosen.map(({ taskId, title }) => [taskId, title]));
    setPending(true);
    forget();
    const answer = await act([...titles.keys()]).catch((): ActionAnswer<readonly BulkAnswer[]> => {
      return { ok: false, code: 'unreachable', message: unreachable };
    });
    setPending(false);
    // Whatever came of it, somebody may have been quicker: the list shows how it stands now.
    router.refresh();
    if (!answer.ok) {
      setProblem(answer.message);
      return [];
    }
    const refused = answer.value.flatMap((result) =>
      result.ok ? [] : [{ taskId: result.taskId, title: titles.get(result.taskId) ?? '', message: result.message }],
    );
    const ids = answer.value.flatMap((result) => (result.ok ? [result.taskId] : []));
    if (ids.length > 0) toast(`${ids.length} ${done}`, undo ? { undo: () => void takeBack(ids, undo) } : {});
    setRefusals(refused);
    return answer.value;
  };

  const takeBack = async (taskIds: readonly string[], { act, done }: BulkUndo) => {
    const answer = await act(taskIds).catch(() => null);
    const count = answer?.ok ? answer.value.filter(({ ok }) => ok).length : 0;
    if (count > 0) toast(`${count} ${done}`);
    if (count < taskIds.length) toast(`${taskIds.length - count} could not be taken back`, { icon: 'alert' });
    router.refresh();
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

export type Bulk = ReturnType<typeof useBulk>;
