'use client';
import { useState } from 'react';
import { ActDialog } from '@/components/ui/act-dialog';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useKeyCommand } from '@/components/ui/commands';
import { Key } from '@/components/ui/key';
import type { Choosable } from '@/components/ui/person-field';
import type { BulkActions } from './bulk-types';
import type { Bulk } from './use-bulk';

/** What can be done with all selected tasks: only what works for some of them is shown. */
export function BulkBar({
  bulk,
  actions,
  mayAssign,
  people,
  onAnswer,
}: {
  readonly bulk: Bulk;
  readonly actions: BulkActions;
  readonly mayAssign: boolean;
  readonly people: Choosable;
  /** Goes to the form that answers all of them; null where there is none. */
  readonly onAnswer: (() => void) | null;
}) {
  const [isAssigning, setAssigning] = useState(false);
  const { chosen, isPending } = bulk;
  const mayClaim = chosen.some(({ status }) => status === 'pending');
  const mayRelease = chosen.some(({ isMine }) => isMine);
  const claim = () => void bulk.run((taskIds) => actions.claim({ taskIds: [...taskIds] }), 'claimed', true);
  const release = () => void bulk.run((taskIds) => actions.release({ taskIds: [...taskIds] }), 'given back', true);
  const assign = () => setAssigning(true);

  useKeyCommand('claim', { isReady: mayClaim, words: 'Claim what is selected', run: claim });
  useKeyCommand('release', { isReady: mayRelease, words: 'Release what is selected', run: release });
  useKeyCommand('assign', { isReady: mayAssign, words: 'Assign what is selected…', run: assign });
  useKeyCommand('answerSelected', { isReady: onAnswer !== null, run: () => onAnswer?.() });
  useKeyCommand('clearSelection', { run: bulk.clear });

  return (
    <div className="bulk" role="group" aria-label="Selected tasks" aria-busy={isPending || undefined}>
      <b role="status">{chosen.length} selected</b>
      {onAnswer ? (
        <button className="btn btn-primary" type="button" onClick={onAnswer}>
          Answer
          <Key of="answerSelected" />
        </button>
      ) : null}
      {mayClaim ? (
        <button className="btn" type="button" onClick={claim}>
          Claim
          <Key of="claim" />
        </button>
      ) : null}
      {mayRelease ? (
        <button className="btn" type="button" onClick={release}>
          Release
          <Key of="release" />
        </button>
      ) : null}
      {mayAssign ? (
        <button className="btn" type="button" onClick={assign}>
          Assign…
          <Key of="assign" />
        </button>
      ) : null}
      <button className="btn btn-ghost" type="button" aria-label="Clear the selection" onClick={bulk.clear}>
        <Icon name="x" />
        <Key of="clearSelection" />
      </button>
      {isAssigning ? (
        <ActDialog
          question={{
            title: `Assign ${chosen.length} ${chosen.length === 1 ? 'task' : 'tasks'}`,
            help: 'Somebody decides them, whoever has them now.',
            person: 'Who decides',
            words: { label: 'Note', isOptional: true, path: '/note' },
            verb: 'Assign',
            send: async ({ to, toName, words }): Promise<ActionAnswer> => {
              await bulk.run(
                (taskIds) => actions.assign({ taskIds: [...taskIds], to, note: words }),
                `assigned to ${toName}`,
                true,
              );
              return { ok: true, value: null };
            },
          }}
          people={people}
          onDone={() => setAssigning(false)}
          onClose={() => setAssigning(false)}
        />
      ) : null}
    </div>
  );
}
