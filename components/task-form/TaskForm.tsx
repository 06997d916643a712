'use client';
import './task-form.css';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { useCommands, type Command } from '@/components/ui/commands';
import { OnceAlive } from '@/components/ui/once-alive';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import { browserEngine } from '@/lib/forms/browserEngine';
import { primaryOutcome } from '@/lib/forms/outcomes';
import { withEmptied } from '@/lib/forms/emptied';
import { checkSubmission, outputOf } from '@/lib/forms/submission';
import { shownText } from '@/lib/forms/projection';
import type { FieldError, FormTexts, JsonObject, Outcome } from '@/lib/forms/types';
import { ErrorSummary } from './ErrorSummary';
import { fieldId, remainingErrors, SERVER_ONLY } from './errors';
import { focusableOf, inPageOrder } from './focus';
import { FormFields } from './FormFields';
import { OutcomeBar, outcomeButtonId, primaryKey } from './OutcomeBar';
import { ReadOnlyForm } from './ReadOnlyForm';

/** What became of an answer. On failure everything typed stays. */
export type SubmitAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly fieldErrors?: readonly FieldError[]; readonly message?: string };

export interface TaskFormProps {
  /** The pinned version. */
  readonly form: { readonly jsonSchema: JsonObject; readonly uiSchema?: JsonObject | null; readonly version?: number };
  /** Projected on the server: `projectForm(form, contextData)`. */
  readonly formData: JsonObject;
  readonly texts: FormTexts;
  /** `outcomesOf(form)`; none gives a single "Submit", which sends the outcome null. */
  readonly outcomes: readonly Outcome[];
  /** Shows questions and answers as text, without buttons. */
  readonly readOnly?: boolean;
  /** Shows the fields, but nothing can be changed or sent. */
  readonly disabled?: boolean;
  /** What the reader typed before and did not send. */
  readonly draft?: JsonObject | null;
  /** Told of everything that is typed. */
  readonly onType?: (data: JsonObject) => void;
  /** Says in the bar what becomes of it. */
  readonly draftStatus?: string;
  readonly onSubmit: (outcome: string | null, data: JsonObject) => Promise<SubmitAnswer>;
  /** Between the fields and the bar. */
  readonly children?: ReactNode;
  /** In the bar, after the buttons. */
  readonly footerSlot?: ReactNode;
  /** Start of the ids of all fields: `answer` gives `answer_comment`. */
  readonly idPrefix?: string;
  /** False: keys outside of its fields press no button. A page with another purpose has its own keys. */
  readonly hasKeys?: boolean;
}

const UNREACHABLE = 'The server could not be reached. What you typed is still here: send it again in a moment.';

/** A human task's form: fields, errors twice (on top and at the field), and a sticky bar with one button per outcome. */
export function TaskForm(props: TaskFormProps) {
  const { form, formData, texts, readOnly = false } = props;
  if (readOnly) {
    return (
      <>
        <ReadOnlyForm form={form} projection={{ formData, texts }} output={null} />
        {props.children}
      </>
    );
  }
  return (
    <OnceAlive>
      <AnswerForm {...props} />
    </OnceAlive>
  );
}

interface Problems {
  readonly errors: readonly FieldError[];
  readonly message?: string;
  /** The answers that were refused. */
  readonly data: JsonObject;
  readonly outcome: Outcome | null;
}

const NO_ERRORS: readonly FieldError[] = [];

function AnswerForm(props: TaskFormProps) {
  const { form, formData, texts, outcomes, disabled = false, onSubmit, idPrefix = 'answer', hasKeys = true } = props;
  // Read once: a page that draws itself again must not put the fields back.
  const [initialData] = useState(() => readAnswers(props) ?? formData);
  const [problems, setProblems] = useState<Problems>();
  const [sending, setSending] = useState<Outcome | null>();
  const [confirming, setConfirming] = useState<Outcome>();
  const [isSent, setIsSent] = useState(false);
  // What the handlers read: an answer typed in the same moment as the key that sends it must count.
  const latest = useRef(initialData);
  const isSending = useRef(false);
  const primary = primaryOutcome(outcomes);
  const focusOnceShown = useFocusOnceShown();

  const check = (outcome: Outcome | null, answers: JsonObject) =>
    checkSubmission({
      form,
      projection: { formData, texts },
      outcome: outcome?.value ?? null,
      data: answers,
      engine: browserEngine,
    });

  const tell = (told: Problems) => {
    const next = { ...told, errors: inPageOrder(idPrefix, told.errors) };
    setProblems(next);
    const first = next.errors.find(({ path }) => path !== '');
    const find = () =>
      (first && focusableOf(fieldId(idPrefix, first.path))) ?? document.getElementById(`${idPrefix}__errors`);
    // Once it is shown, so that the field is already described by its error.
    focusOnceShown(find, { isCentered: true });
  };

  const send = async (outcome: Outcome | null, output: JsonObject) => {
    const answers = latest.current;
    isSending.current = true;
    setSending(outcome);
    setProblems(undefined);
    const answer = await onSubmit(outcome?.value ?? null, output).catch((): SubmitAnswer => ({
      ok: false,
      message: UNREACHABLE,
    }));
    isSending.current = false;
    setSending(undefined);
    if (answer.ok) {
      setIsSent(true);
      return;
    }
    const errors = (answer.fieldErrors ?? NO_ERRORS).map((error) => ({ ...error, keyword: SERVER_ONLY }));
    const message = answer.message ?? (errors.length === 0 ? UNREACHABLE : undefined);
    tell({ errors, data: answers, outcome, ...(message && { message }) });
  };

  const press = (outcome: Outcome | null, isConfirmed = false) => {
    if (disabled || isSending.current || isSent) return;
    setConfirming(undefined);
    const answers = latest.current;
    const result = check(outcome, answers);
    if (!result.ok) {
      const { fieldErrors: errors, formError: message } = result;
      tell({ errors, data: answers, outcome, ...(message && { message }) });
    } else if (outcome?.confirm && !isConfirmed) {
      setProblems(undefined);
      setConfirming(outcome);
    } else {
      void send(outcome, result.output);
    }
  };

  const change = (next: JsonObject, isTyped: boolean) => {
    latest.current = next;
    if (!isTyped) return;
    props.onType?.(next);
    if (!problems) return;
    const found = check(problems.outcome, next);
    const errors = remainingErrors({ shown: problems.errors, found, before: problems.data, now: next });
    setProblems(errors.length === 0 && !problems.message ? undefined : { ...problems, errors });
  };

  const goBack = () => {
    setConfirming(undefined);
    if (confirming) focusOnceShown(() => document.getElementById(outcomeButtonId(idPrefix, confirming)));
  };

  useCommands(() => {
    if (!hasKeys || disabled || isSent) return [];
    if (confirming) return [{ words: 'Back', icon: 'left', group: 'here', keys: ['Escape'], run: goBack }];
    return answersOf({ outcomes, texts, primary, press });
  });

  const stay = useCallback((event: { preventDefault: () => void }) => event.preventDefault(), []);
  return (
    // Enter in a field sends nothing: an answer is sent by its button, or by its key.
    <form className="task-form" noValidate onSubmit={stay}>
      <ErrorSummary idPrefix={idPrefix} errors={problems?.errors ?? NO_ERRORS} message={problems?.message} />
      <FormFields
        form={form}
        formData={formData}
        initialData={initialData}
        texts={texts}
        outcomes={outcomes}
        errors={problems?.errors ?? NO_ERRORS}
        disabled={disabled || isSent}
        idPrefix={idPrefix}
        onChange={change}
      />
      {props.children}
      <OutcomeBar
        idPrefix={idPrefix}
        outcomes={outcomes}
        texts={texts}
        primary={primary}
        sending={sending}
        disabled={disabled || isSent}
        confirming={confirming}
        status={isSent ? 'Sent' : sending !== undefined ? 'Sending' : (props.draftStatus ?? '')}
        onPress={press}
        onConfirm={() => press(confirming ?? null, true)}
        onBack={goBack}
        footerSlot={props.footerSlot}
      />
    </form>
  );
}

/** The stored draft as the form would take it today: read-only values are those of the task, emptied fields stay so. */
function readAnswers({ form, formData, texts, draft }: TaskFormProps): JsonObject | undefined {
  if (!draft) return undefined;
  const answers = outputOf({ form, projection: { formData, texts }, data: draft, engine: browserEngine });
  return withEmptied({ root: form.jsonSchema, answers, engine: browserEngine });
}

/** The answers as commands, the first one before the others. */
function answersOf({
  outcomes,
  texts,
  primary,
  press,
}: {
  readonly outcomes: readonly Outcome[];
  readonly texts: FormTexts;
  readonly primary: Outcome | undefined;
  readonly press: (outcome: Outcome | null) => void;
}): readonly Command[] {
  const shared = { group: 'here', icon: 'form' } as const;
  if (outcomes.length === 0) return [{ ...shared, words: 'Submit', keys: [primaryKey], run: () => press(null) }];
  return outcomes.map((outcome) => ({
    ...shared,
    icon: outcome.tone === 'danger' ? 'failed' : outcome === primary ? 'completed' : 'form',
    words: shownText(texts, outcome.title),
    keys: [
      ...(outcome === primary ? [primaryKey] : []),
      ...(outcome.key === undefined ? [] : [outcome.key.toLowerCase(), outcome.key]),
    ],
    run: () => press(outcome),
  }));
}
