'use client';
import { useRouter } from 'next/navigation';
import { useId, useRef, useState } from 'react';
import { unreachable } from '@/components/ui/action-types';
import { useCommands } from '@/components/ui/commands';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import type { AskedView, InboxActions } from './inbox-types';

/** Keeps what the list is narrowed to under a name, among the views. */
export function SaveView({ asked, save }: { readonly asked: AskedView; readonly save: InboxActions['saveView'] }) {
  const router = useRouter();
  const toast = useToast();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isSaving, setSaving] = useState(false);

  const open = () => dialog.current?.showModal();
  useCommands(() => [{ words: 'Save view…', icon: 'bookmark', group: 'filters', run: open }]);

  const submit = async () => {
    if (isSaving) return;
    if (name.trim() === '') {
      setProblem('Give it a name.');
      field.current?.focus();
      return;
    }
    setSaving(true);
    const answer = await save({ ...asked, name }).catch(() => null);
    setSaving(false);
    if (!answer?.ok) {
      setProblem(answer?.fieldErrors?.[0]?.message ?? answer?.message ?? unreachable);
      field.current?.focus();
      return;
    }
    dialog.current?.close();
    setName('');
    toast(`Saved as ${name.trim()}`);
    router.refresh();
  };

  return (
    <>
      <button className="btn btn-ghost" type="button" onClick={open}>
        Save view…
      </button>
      <dialog className="dlg work act-dlg" ref={dialog} aria-labelledby={`${id}-title`}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <h2 id={`${id}-title`}>Save this view</h2>
          <p className="soft">It stands among your views, with these filters. Nobody else sees it.</p>
          <Field id={`${id}-name`} label="Name" problem={problem}>
            {(control) => (
              <input
                {...control}
                className="input"
                ref={field}
                maxLength={60}
                value={name}
                onChange={(event) => {
                  setName(event.target.value);
                  setProblem(undefined);
                }}
              />
            )}
          </Field>
          <div className="act-bar">
            <button className="btn btn-ghost" type="button" onClick={() => dialog.current?.close()}>
              Never mind
            </button>
            <button className="btn btn-primary" type="submit" aria-busy={isSaving}>
              {isSaving ? <Icon name="retrying" /> : null}
              Save
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
