'use client';
import { useEffect, useId, useRef, useState, type ReactNode, type RefObject } from 'react';
import { unreachable, type ActionAnswer, type FieldProblem } from '@/components/ui/action-types';
import { ErrorHelp } from '@/components/ui/error-help';
import { Icon } from '@/components/ui/icons';

/** One act of a dialog: what went wrong stays to be read, and what was typed stays to be mended. */
export function useDialogAct() {
  const [isSending, setSending] = useState(false);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<{ readonly message: string; readonly code: string | null } | null>(null);
  const send = async <Value,>(act: () => Promise<ActionAnswer<Value>>, onDone: (value: Value) => void) => {
    if (isSending) return;
    setSending(true);
    setProblems([]);
    setFailure(null);
    const answer = await act().catch(() => null);
    setSending(false);
    if (answer?.ok) return onDone(answer.value);
    const found = answer?.fieldErrors ?? [];
    setProblems(found);
    if (found.length === 0) setFailure(answer ?? { message: unreachable, code: null });
  };
  return { send, isSending, failure, problemAt: (path: string) => problems.find((one) => one.path === path)?.message };
}

/** A small form above the page. Escape closes it, and the focus goes back to where it was. */
export function DialogForm({
  title,
  help,
  verb,
  isDanger = false,
  isSending,
  failure,
  more,
  children,
  onSubmit,
  onClose,
}: {
  readonly title: string;
  /** What will come of it, in a sentence. */
  readonly help: string;
  readonly verb: string;
  readonly isDanger?: boolean;
  readonly isSending: boolean;
  readonly failure: { readonly message: string; readonly code: string | null } | null;
  /** Another act, at the other end of the bar. */
  readonly more?: ReactNode;
  readonly children?: ReactNode;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}) {
  return (
    <ConsoleDialog title={title} onClose={onClose}>
      {(dialog) => (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <p className="soft">{help}</p>
          {failure ? (
            <p className="note tone-fail" role="alert">
              <Icon name="alert" />
              <span>
                {failure.message} <ErrorHelp code={failure.code} />
              </span>
            </p>
          ) : null}
          {children}
          <div className="act-bar">
            {more}
            <span className="grow" />
            <button className="btn btn-ghost" type="button" onClick={() => dialog.current?.close()}>
              Never mind
            </button>
            <button className={`btn ${isDanger ? 'btn-danger' : 'btn-primary'}`} type="submit" aria-busy={isSending}>
              {isSending ? <Icon name="retrying" /> : null}
              {verb}
            </button>
          </div>
        </form>
      )}
    </ConsoleDialog>
  );
}

/** A dialog of the console with its heading. */
export function ConsoleDialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: (dialog: RefObject<HTMLDialogElement | null>) => ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog className="dlg console act-dlg" ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div className="dlg-in">
        <h2 id={id}>{title}</h2>
        {children(dialog)}
      </div>
    </dialog>
  );
}
