'use client';
import { useEffect, useId, useRef, useState, type RefObject } from 'react';
import { ErrorNote, Field } from './field';
import { unreachable, type ActionAnswer, type FieldProblem } from './action-types';
import { ErrorHelp } from './error-help';
import { Icon } from './icons';

/** What one act asks before it is done: for whom, and words. */
export interface ActQuestion<Value = unknown> {
  readonly title: string;
  /** What will come of it, in a sentence. */
  readonly help: string;
  /** Label of the choice of a person; absent: nobody is chosen. */
  readonly person?: string;
  readonly words: {
    readonly label: string;
    readonly isOptional: boolean;
    readonly path: '/note' | '/reason' | '/text';
  };
  readonly verb: string;
  readonly isDanger?: boolean;
  readonly send: (input: { readonly to: string; readonly words: string }) => Promise<ActionAnswer<Value>>;
}

/** A small form above the page. What was typed stays until it is sent; Escape closes, and the focus goes back. */
export function ActDialog<Value = unknown>({
  question,
  people = [],
  shell = 'work',
  onDone,
  onClose,
}: {
  readonly question: ActQuestion<Value>;
  /** Who can be chosen, where a person is asked for. */
  readonly people?: readonly { readonly userId: string; readonly name: string }[];
  readonly shell?: 'work' | 'console';
  /** Told what the server answered. */
  readonly onDone: (value: Value) => void;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [to, setTo] = useState('');
  const [words, setWords] = useState('');
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<{ readonly message: string; readonly code: string | null } | null>(null);
  const [isSending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const { path } = question.words;
  const problemAt = (at: string) => problems.find((problem) => problem.path === at)?.message;
  const submit = async () => {
    if (isSending) return;
    const missing = [
      ...(question.person !== undefined && to === '' ? [{ path: '/to', message: 'Choose somebody.' }] : []),
      ...(!question.words.isOptional && words.trim() === '' ? [{ path, message: 'Write a few words.' }] : []),
    ];
    setProblems(missing);
    setFailure(null);
    if (missing.length > 0) return focusFirst(dialog, missing);
    setSending(true);
    const answer = await question.send({ to, words }).catch(() => null);
    setSending(false);
    if (answer?.ok) return onDone(answer.value);
    const found = answer?.fieldErrors ?? [];
    setProblems(found);
    if (found.length > 0) focusFirst(dialog, found);
    else setFailure(answer ?? { message: unreachable, code: null });
  };

  return (
    <dialog className={`dlg ${shell} act-dlg`} ref={dialog} aria-labelledby={`${id}-title`} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id={`${id}-title`}>{question.title}</h2>
        <p className="soft">{question.help}</p>
        {failure ? (
          <p className="note tone-fail" role="alert">
            <Icon name="alert" />
            <span>
              {failure.message} {shell === 'console' ? <ErrorHelp code={failure.code} /> : null}
            </span>
          </p>
        ) : null}
        {question.person === undefined ? null : (
          <Field id={`${id}-to`} label={question.person} problem={problemAt('/to')}>
            {(control) => (
              <span className="select">
                <select
                  {...control}
                  className="input"
                  data-path="/to"
                  value={to}
                  onChange={(event) => setTo(event.target.value)}
                >
                  <option value="">Choose…</option>
                  {people.map((person) => (
                    <option key={person.userId} value={person.userId}>
                      {person.name}
                    </option>
                  ))}
                </select>
                <Icon name="down" />
              </span>
            )}
          </Field>
        )}
        <Field
          id={`${id}-words`}
          label={question.words.label}
          optional={question.words.isOptional}
          problem={problemAt(path)}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              data-path={path}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          )}
        </Field>
        <ErrorNote
          id={`${id}-other`}
          message={problems.find((problem) => problem.path !== '/to' && problem.path !== path)?.message}
        />
        <div className="act-bar">
          <button className="btn btn-ghost" type="button" onClick={() => dialog.current?.close()}>
            Never mind
          </button>
          <button
            className={`btn ${question.isDanger ? 'btn-danger' : 'btn-primary'}`}
            type="submit"
            aria-busy={isSending}
          >
            {isSending ? <Icon name="retrying" /> : null}
            {question.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function focusFirst(dialog: RefObject<HTMLDialogElement | null>, problems: readonly FieldProblem[]): void {
  const path = problems[0]?.path ?? '';
  requestAnimationFrame(() => dialog.current?.querySelector<HTMLElement>(`[data-path="${path}"]`)?.focus());
}
