'use client';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import type { FormDocuments } from '@/lib/forms/lint/finding';
import { lintForm } from '@/lib/forms/lint/lintForm';
import type { FormDraft, FormVersionText } from '@/lib/queries/forms';
import { Difference } from './difference';

/** Two people wrote the same draft: what the other has, and the choice. Nothing is lost until it is made. */
export function Conflict({
  message,
  mine,
  theirs,
  expected,
  newest,
  onKeepMine,
  onTakeTheirs,
}: {
  readonly message: string;
  readonly mine: FormDocuments;
  /** What the server has now; null: the draft is gone. */
  readonly theirs: FormDraft | null;
  /** The revision that was written on here. */
  readonly expected: number;
  readonly newest: FormVersionText | null;
  readonly onKeepMine: (revision: number) => void;
  readonly onTakeTheirs: (revision: number, texts: FormDocuments) => void;
}) {
  const revision = theirs?.revision ?? 0;
  // The page is read again at the same time; until it is here, there is nothing to choose from.
  const isRead = revision !== expected;
  const other = theirs?.documents ?? newest?.documents;
  return (
    <section className="conflict" role="alert" aria-label="Somebody else wrote too">
      <p className="note tone-retry">
        <Icon name="alert" />
        <span>
          <b>{message}</b>{' '}
          {theirs && isRead ? (
            <>
              {theirs.savedByName ?? 'Somebody'} saved <Time at={theirs.savedAt} />.
            </>
          ) : null}{' '}
          Save yours over it, or take theirs; undo in the editor brings your text back.
        </span>
      </p>
      <div className="row">
        <button className="btn" type="button" disabled={!isRead} onClick={() => onKeepMine(revision)}>
          Save mine over it
        </button>
        {other ? (
          <button className="btn" type="button" disabled={!isRead} onClick={() => onTakeTheirs(revision, other)}>
            Take theirs
          </button>
        ) : null}
      </div>
      {isRead && other ? (
        <details>
          <summary>What differs in yours</summary>
          <Compared before={other} after={mine} />
        </details>
      ) : null}
    </section>
  );
}

function Compared({ before, after }: { readonly before: FormDocuments; readonly after: FormDocuments }) {
  const [then, now] = [lintForm(before).form, lintForm(after).form];
  if (!then || !now) return <p className="soft">One of the two is no JSON yet.</p>;
  return <Difference before={{ ...then, documents: before }} after={{ ...now, documents: after }} />;
}
