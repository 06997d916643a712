'use client';
import { useState } from 'react';
import { ActDialog } from '@/components/ui/act-dialog';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useKey } from '@/components/ui/keys';
import type { Colleague } from '@/lib/queries/people';
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
  readonly people: readonly Colleague[];
  /** Goes to the form that answers all of them; null where there is none. */
  readonly onAnswer: (() => void) | null;
}) {
  const [isAssigning, setAssigning] = useState(false);
  const { chosen, isPending } = bulk;
  const mayClaim = chosen.some(({ status }) => status === 'pending');
  const mayRelease = chosen.some(({ isMine }) => isMine);
  // What an administrator took from somebody does not come back by claiming it.
  const isAllMine = chosen.every(({ isMine }) => isMine);
  const claiming = { act: (taskIds: readonly string[]) => actions.claim({ taskIds: [...taskIds] }), done: 'claimed' };
  const releasing = {
    act: (taskIds: readonly string[]) => actions.release({ taskIds: [...taskIds] }),
    done: 'given back',
  };
  const claim = () => void (mayClaim && bulk.run(claiming.act, claiming.done, releasing));
  const release = () => void (mayRelease && bulk.run(releasing.act, releasing.done, isAllMine ? claiming : undefined));
  const assign = () => setAssigning(mayAssign);

  useKey('c', claim);
  useKey('u', release);
  useKey('a', assign);
  useKey('Enter', () => onAnswer?.());
  useKey('Escape', bulk.clear);

  return (
    <div className="bulk" role="group" aria-label="Selected tasks" aria-busy={isPending || undefined}>
      <b role="status">{chosen.length} selected</b>
      {onAnswer ? (
        <button className="btn btn-primary" type="button" onClick={onAnswer}>
          Answer
          <kbd className="key">↵</kbd>
        </button>
      ) : null}
      {mayClaim ? (
        <button className="btn" type="button" onClick={claim}>
          Claim
          <kbd className="key">C</kbd>
        </button>
      ) : null}
      {mayRelease ? (
        <button className="btn" type="button" onClick={release}>
          Release
          <kbd className="key">U</kbd>
        </button>
      ) : null}
      {mayAssign ? (
        <button className="btn" type="button" onClick={assign}>
          Assign…
          <kbd className="key">A</kbd>
        </button>
      ) : null}
      <button className="btn btn-ghost" type="button" aria-label="Clear the selection" onClick={bulk.clear}>
        <Icon name="x" />
        <kbd className="key">Esc</kbd>
      </button>
      {isAssigning ? (
        <ActDialog
          question={{
            title: `Assign ${chosen.length} ${chosen.length === 1 ? 'task' : 'tasks'}`,
            help: 'Somebody decides them, whoever has them now.',
            person: 'Who decides',
            words: { label: 'Note', isOptional: true, path: '/note' },
            verb: 'Assign',
            send: async ({ to, words }): Promise<ActionAnswer> => {
              const name = people.find(({ userId }) => userId === to)?.name ?? 'somebody';
              await bulk.run(
                (taskIds) => actions.assign({ taskIds: [...taskIds], to, note: words }),
                `assigned to ${name}`,
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
