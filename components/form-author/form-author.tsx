'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useId, useState, useTransition, type KeyboardEvent, type ReactNode } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { ErrorHelp } from '@/components/ui/error-help';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import type { DocumentName, Finding, FormDocuments } from '@/lib/forms/lint/finding';
import type { FormDraft, FormVersionText } from '@/lib/queries/forms';
import type { SaveDraftAction, SaveState } from './author-saver';
import type { Jump } from './code-editor';
import { Conflict } from './conflict';
import { Difference } from './difference';
import { DOCUMENTS, FindingList } from './finding-list';
import { LateCodeEditor } from './late-code-editor';
import { FormPreview } from './preview';
import { useAuthor } from './use-author';

interface DraftAddress {
  readonly formName: string;
  readonly expectedRevision: number;
}

export interface AuthorActions {
  readonly save: SaveDraftAction;
  readonly publish: (input: DraftAddress) => Promise<ActionAnswer<{ readonly version: number }>>;
  readonly discard: (input: DraftAddress) => Promise<ActionAnswer>;
}

/** Writes the next version of a form: three texts, what is found in them, and the form as people will meet it. */
export function FormAuthor({
  formName,
  address,
  initial,
  draft,
  newest,
  actions,
}: {
  readonly formName: string;
  /** Address of the form's pages. */
  readonly address: string;
  readonly initial: FormDocuments;
  /** As the server has it now; null: nobody has saved one. */
  readonly draft: FormDraft | null;
  readonly newest: FormVersionText | null;
  readonly actions: AuthorActions;
}) {
  const router = useRouter();
  const toast = useToast();
  const [document, setDocument] = useState<DocumentName>('jsonSchema');
  const [jumps, setJumps] = useState<Partial<Record<DocumentName, Jump>>>({});
  const [failure, setFailure] = useState<{ readonly text: string; readonly code: string } | null>(null);
  const [pending, startTransition] = useTransition();
  const author = useAuthor({ formName, initial, revision: draft?.revision ?? 0, save: actions.save });
  const { texts, type, notice, saver, findings, drawn } = author;

  const isStale = notice.state === 'stale';
  const refreshStale = useEffectEvent(() => router.refresh());
  useEffect(() => {
    if (isStale) refreshStale();
  }, [isStale]);

  const goTo = ({ document: where, from, to }: Finding) => {
    setDocument(where);
    setJumps((all) => ({ ...all, [where]: { from, to } }));
  };
  const publish = () =>
    startTransition(async () => {
      setFailure(null);
      if (!(await saver.flush())) return;
      // A form that is published as it was begun has no draft yet.
      if (saver.revision === 0) return setFailure({ text: 'Nothing is changed yet.', code: 'invalid_input' });
      const answer = await actions.publish({ formName, expectedRevision: saver.revision }).catch(() => null);
      if (answer?.ok) {
        toast(`Version ${answer.value.version} is published`);
        router.push(`${address}/versions/${answer.value.version}`);
      } else {
        setFailure(answer ? { text: answer.message, code: answer.code } : { text: unreachable, code: '' });
      }
    });
  const discard = () =>
    startTransition(async () => {
      setFailure(null);
      await saver.flush();
      const kept = texts;
      const answer = await actions.discard({ formName, expectedRevision: saver.revision }).catch(() => null);
      if (!answer?.ok) {
        setFailure(answer ? { text: answer.message, code: answer.code } : { text: unreachable, code: '' });
        return;
      }
      const takeBack = async () => {
        const again = await actions.save({ formName, expectedRevision: 0, texts: kept }).catch(() => null);
        toast(again?.ok ? 'The draft is back' : (again?.message ?? unreachable), again?.ok ? {} : { icon: 'alert' });
        // A page that is read again without a connection would be gone.
        if (again) router.refresh();
      };
      toast('The draft is discarded', { undo: () => void takeBack() });
      router.push('/admin/task-definitions');
    });

  const hasDraft = saver.revision > 0 || draft !== null || notice.state !== 'clean';
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return (
    <div
      className="author"
      onKeyDown={(event) => {
        if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void saver.flush();
      }}
    >
      <div className="author-bar">
        <span className="saved soft" role="status">
          {STATES[notice.state]}
        </span>
        {hasDraft ? (
          <button className="btn btn-ghost" type="button" disabled={pending} onClick={discard}>
            Discard the draft
          </button>
        ) : null}
        <button className="btn btn-primary" type="button" aria-busy={pending} onClick={publish}>
          Publish version {(newest?.version ?? 0) + 1}
        </button>
      </div>
      {failure ? (
        <p className="note tone-fail" role="alert">
          <Icon name="alert" />
          <span>
            {failure.text} <ErrorHelp code={failure.code} />
          </span>
        </p>
      ) : null}
      {notice.state === 'failed' ? (
        <p className="note tone-fail" role="alert">
          <Icon name="alert" />
          <span>{notice.message ?? unreachable} It is saved as soon as you type on, or with Ctrl or Cmd and S.</span>
        </p>
      ) : null}
      {isStale ? (
        <Conflict
          message={notice.message ?? ''}
          mine={texts}
          theirs={draft}
          expected={saver.revision}
          newest={newest}
          onKeepMine={(revision) => {
            saver.rebase(revision);
            saver.type(texts);
            void saver.flush();
          }}
          onTakeTheirs={(revision, theirs) => {
            saver.rebase(revision);
            // The editors take it as a change, so that one's own text can be had back by undoing it.
            type(theirs);
          }}
        />
      ) : null}
      <div className="author-cols">
        <div className="author-texts">
          <Tabs chosen={document} findings={findings} onChoose={setDocument}>
            {(name, label) => (
              <LateCodeEditor
                label={label}
                value={texts[name]}
                findings={findings.filter((finding) => finding.document === name)}
                jump={jumps[name] ?? null}
                onChange={(text) => {
                  if (text !== texts[name]) type({ [name]: text });
                }}
              />
            )}
          </Tabs>
          <FindingList findings={findings} errors={errors} onGo={goTo} />
        </div>
        {drawn?.form ? (
          <FormPreview form={drawn.form} sample={drawn.sample} />
        ) : (
          <p className="soft">The preview appears as soon as the schema is JSON.</p>
        )}
      </div>
      {newest && drawn?.form ? (
        <section className="author-diff" aria-labelledby="author-diff">
          <h2 id="author-diff">What is new against version {newest.version}</h2>
          <Difference before={newest} after={{ ...drawn.form, documents: texts }} />
        </section>
      ) : null}
    </div>
  );
}

const STATES: Readonly<Record<SaveState, string>> = {
  clean: '',
  unsaved: 'Not saved yet',
  saving: 'Saving',
  saved: 'Draft saved',
  failed: 'Not saved',
  stale: 'Not saved',
};

/** One tab for each document; an editor that was opened stays, with what was typed, undone and scrolled to in it. */
function Tabs({
  chosen,
  findings,
  onChoose,
  children,
}: {
  readonly chosen: DocumentName;
  readonly findings: readonly Finding[];
  readonly onChoose: (name: DocumentName) => void;
  readonly children: (name: DocumentName, label: string) => ReactNode;
}) {
  const id = useId();
  const [opened, setOpened] = useState<readonly DocumentName[]>([chosen]);
  if (!opened.includes(chosen)) setOpened([...opened, chosen]);
  const move = (event: KeyboardEvent, index: number) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = DOCUMENTS[(index + step + DOCUMENTS.length) % DOCUMENTS.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    onChoose(next[0]);
    window.document.getElementById(`${id}-${next[0]}`)?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label="Documents of the form">
        {DOCUMENTS.map(([name, label], index) => {
          const count = findings.filter((finding) => finding.document === name).length;
          return (
            <button
              key={name}
              id={`${id}-${name}`}
              className="tab"
              type="button"
              role="tab"
              aria-selected={name === chosen}
              aria-controls={`${id}-${name}-panel`}
              tabIndex={name === chosen ? 0 : -1}
              onClick={() => onChoose(name)}
              onKeyDown={(event) => move(event, index)}
            >
              {label}
              {count > 0 ? <span className="count">{count}</span> : null}
            </button>
          );
        })}
      </div>
      {DOCUMENTS.map(([name, label]) => (
        <div
          key={name}
          id={`${id}-${name}-panel`}
          role="tabpanel"
          aria-labelledby={`${id}-${name}`}
          hidden={name !== chosen}
        >
          {opened.includes(name) ? children(name, label) : null}
        </div>
      ))}
    </>
  );
}
