'use client';
import { useRouter } from 'next/navigation';
import { useMemo, useRef, useState } from 'react';
import type { LogEntry } from '@/lib/queries/execution';
import { ActDialog } from '@/components/ui/act-dialog';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import { forkOutlook } from './fork-plan';

export type ForkExecution = (input: {
  readonly executionId: string;
  readonly from: number;
  readonly reason?: string;
  readonly openChildren?: 'detach';
}) => Promise<ActionAnswer<{ readonly executionId: string }>>;

/** Forks from the entry that is shown, once it was said what that does; then shows the fork. */
export function ForkAct({
  executionId,
  entries,
  at,
  fork,
}: {
  readonly executionId: string;
  readonly entries: readonly LogEntry[];
  readonly at: number;
  readonly fork: ForkExecution;
}) {
  const router = useRouter();
  const toast = useToast();
  /** The entry that the dialog speaks of: the log may grow under it. */
  const [from, setFrom] = useState<number | null>(null);
  const made = useRef<string | null>(null);
  const { isPossible } = useMemo(() => forkOutlook(entries, at), [entries, at]);
  const outlook = from === null ? null : forkOutlook(entries, from);
  return (
    <>
      <button
        className="btn"
        type="button"
        disabled={!isPossible}
        title={isPossible ? undefined : 'Nothing can follow an end. Choose an entry before it.'}
        onClick={() => setFrom(at)}
      >
        <Icon name="fork" />
        Fork from here…
      </button>
      {from !== null && outlook ? (
        <ActDialog
          question={{
            title: `Fork from entry ${from}`,
            help: outlook.help,
            words: { label: 'Why', isOptional: true, path: '/reason' },
            verb: 'Fork',
            send: async ({ words }) => {
              const answer = await fork({
                executionId,
                from,
                ...(words.trim() === '' ? {} : { reason: words }),
                ...(outlook.openChildren > 0 ? { openChildren: 'detach' as const } : {}),
              });
              if (answer.ok) made.current = answer.value.executionId;
              return answer;
            },
          }}
          shell="console"
          onDone={() => {
            setFrom(null);
            toast('It was forked: this is the fork');
            if (made.current) router.push(`/admin/executions/${made.current}`);
          }}
          onClose={() => setFrom(null)}
        />
      ) : null}
    </>
  );
}
