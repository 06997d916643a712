'use client';
import { useEffect, useId, useRef, useState } from 'react';
import { ErrorNote, Field } from './field';
import { unreachable, type ActionAnswer, type FieldProblem } from './action-types';
import { ErrorHelp } from './error-help';
import { Icon } from './icons';
import { PersonField, type Choosable } from './person-field';
import { useFocusOnceShown } from './use-focus';

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
  /** `to`: the id of whoever was chosen, and `toName` their name; empty where nobody is asked for. */
  readonly send: (input: {
    readonly to: string;
    readonly toName: string;
    readonly words: string;
  }) => Promise<ActionAnswer<Value>>;
}

/** A small form above the page. What was typed stays until it is sent; Escape closes, and the focus goes back. */
export function ActDialog<Value = unknown>({
  question,
  people,
  shell = 'work',
  onDone,
  onClose,
}: {
  readonly question: ActQuestion<Value>;
  /** Who can be chosen, where a person is asked for. */
  readonly people?: Choosable;
  readonly shell?: 'work' | 'console';
  /** Told what the server answered. */
  readonly onDone: (value: Value) => void;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [chosen, setChosen] = useState<{ readonly userId: string; readonly name: string } | null>(null);
  const [words, setWords] = useState('');
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<{ readonly message: string; readonly code: string | null } | null>(null);
  const [isSending, setSending] = useState(false);
  const focusOnceShown = useFocusOnceShown();
  useEffect(() => dialog.current?.showModal(), []);

  const { path } = question.words;
  const problemAt = (at: string) => problems.find((problem) => problem.path === at)?.message;
  const focusFirst = ([first]: readonly FieldProblem[]) =>
    focusOnceShown(() => dialog.current?.querySelector<HTMLElement>(`[data-path="${first?.path ?? ''}"]`));
  const submit = async () => {
    if (isSending) return;
    const missing = [
      ...(question.person !== undefined && chosen === null ? [{ path: '/to', message: 'Choose somebody.' }] : []),
      ...(!question.words.isOptional && words.trim() === '' ? [{ path, message: 'Write a few words.' }] : []),
    ];
    setProblems(missing);
    setFailure(null);
    if (missing.length > 0) return focusFirst(missing);
    setSending(true);
    const answer = await question
      .send({ to: chosen?.userId ?? '', toName: chosen?.name ?? '', words })
      .catch(() => null);
    setSending(false);
    if (answer?.ok) return onDone(answer.value);
    const found = answer?.fieldErrors ?? [];
    setProblems(found);
    if (found.length > 0) focusFirst(found);
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
        {question.person === undefined || people === undefined ? null : (
          <PersonField
            id={`${id}-to`}
            label={question.person}
            from={people}
            chosen={chosen}
            problem={problemAt('/to')}
            onChoose={setChosen}
          />
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
