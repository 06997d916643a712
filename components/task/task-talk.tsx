'use client';
import { useRouter } from 'next/navigation';
import { useId, useRef, useState } from 'react';
import { ErrorNote } from '@/components/ui/field';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useCommands } from '@/components/ui/commands';
import { Key } from '@/components/ui/key';
import { keyCommands, type KeyCommandName } from '@/components/ui/key-commands';
import { OnceAlive } from '@/components/ui/once-alive';

/** A few words to send: what was typed stays until they are stored. */
function WordsForm({
  label,
  verb,
  shortcut,
  send,
}: {
  readonly label: string;
  readonly verb: string;
  /** The key that brings the writer here. */
  readonly shortcut?: KeyCommandName;
  readonly send: (text: string) => Promise<ActionAnswer>;
}) {
  const router = useRouter();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  useCommands(() =>
    shortcut === undefined
      ? []
      : [
          {
            ...keyCommands[shortcut],
            group: 'here',
            run: () => {
              box.current?.closest('details')?.setAttribute('open', '');
              box.current?.focus();
            },
          },
        ],
  );

  const submit = async () => {
    if (isSending) return;
    if (text.trim() === '') {
      setProblem('Write a few words.');
      box.current?.focus();
      return;
    }
    setSending(true);
    const answer = await send(text).catch(() => null);
    setSending(false);
    setProblem(answer?.ok ? undefined : (answer?.message ?? unreachable));
    if (answer?.ok) setText('');
    // A page that is read again without a connection would be gone.
    if (answer) router.refresh();
  };

  return (
    // No form of its own: it may stand inside that of the task.
    <div className="words">
      <OnceAlive>
        <label className="label" htmlFor={id}>
          {label}
          {shortcut ? <Key of={shortcut} /> : null}
        </label>
        <textarea
          id={id}
          ref={box}
          className="input"
          value={text}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-error` : undefined}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(undefined);
          }}
          onKeyDown={(event) => {
            // Sends these words, and not the task's answer.
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void submit();
          }}
        />
        <ErrorNote id={`${id}-error`} message={problem} />
        <button className="btn" type="button" aria-busy={isSending} onClick={() => void submit()}>
          {isSending ? <Icon name="retrying" /> : null}
          {verb}
        </button>
      </OnceAlive>
    </div>
  );
}

export function CommentForm({
  taskId,
  comment,
}: {
  readonly taskId: string;
  readonly comment: (input: { readonly taskId: string; readonly text: string }) => Promise<ActionAnswer>;
}) {
  return <WordsForm label="Add a comment" verb="Add" shortcut="comment" send={(text) => comment({ taskId, text })} />;
}

/** The open question, for whom it is asked and who asked. */
export function OpenQuestion({
  taskId,
  question,
  mayAnswer,
  mayWithdraw,
  answer,
  withdraw,
}: {
  readonly taskId: string;
  readonly question: { readonly toName: string; readonly byName: string; readonly text: string };
  readonly mayAnswer: boolean;
  readonly mayWithdraw: boolean;
  readonly answer: (input: { readonly taskId: string; readonly text: string }) => Promise<ActionAnswer>;
  readonly withdraw: (input: { readonly taskId: string }) => Promise<ActionAnswer>;
}) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const takeBack = async () => {
    const done = await withdraw({ taskId }).catch(() => null);
    setProblem(done?.ok ? null : (done?.message ?? unreachable));
    if (done) router.refresh();
  };
  return (
    <section className="question note" aria-label="Open question">
      <Icon name="comment" />
      <div className="grow">
        <p>
          <b>
            {question.byName} asks {mayAnswer ? 'you' : question.toName}
          </b>
        </p>
        <p className="said">{question.text}</p>
        {mayAnswer ? <WordsForm label="Your answer" verb="Answer" send={(text) => answer({ taskId, text })} /> : null}
        {mayWithdraw && !mayAnswer ? (
          <button className="btn btn-ghost" type="button" onClick={() => void takeBack()}>
            Take the question back
          </button>
        ) : null}
        {problem ? (
          <p className="err" role="alert">
            {problem}
          </p>
        ) : null}
      </div>
    </section>
  );
}
