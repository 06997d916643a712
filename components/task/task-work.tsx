'use client';
import { useRouter } from 'next/navigation';
import { use, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { TaskForm as TaskFormView } from '@/lib/queries/task';
import type { JsonObject } from '@/lib/forms/types';
import { FormGuard } from '@/components/task-form/FormGuard';
import { TaskForm, type SubmitAnswer } from '@/components/task-form/TaskForm';
import { unreachable } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import { AfterDecision } from './after-decision';
import { beginAtTop } from './begin-at-top';
import { isTooLarge, tooLarge } from './most';
import type { TaskActions } from './task-actions';
import { isFromBefore } from './typed-here';
import { useDraft } from './use-draft';

const never = () => () => undefined;

/**
 * The form while the reader may decide, else what there is to read. Somebody else may be quicker: then what was typed
 * stays, with a word on who decided.
 */
export function TaskWork(props: TaskWorkProps) {
  const { userId, taskId } = props;
  const isResumed = useSyncExternalStore(
    never,
    () => isFromBefore({ userId, taskId }),
    () => false,
  );
  // What could not be saved before this page was loaded is not in what the server drew: the form begins anew with it.
  return <TaskAnswer key={String(isResumed)} {...props} isResumed={isResumed} />;
}

interface TaskWorkProps {
  readonly userId: string;
  readonly taskId: string;
  readonly title: string;
  readonly form: TaskFormView;
  readonly mayDecide: boolean;
  readonly hasEnded: boolean;
  /** Why it can no longer be decided here, said to somebody who was about to. */
  readonly endedNote: string;
  /** Activity and reason, between the fields and the buttons. */
  readonly details: ReactNode;
  /** What is shown instead of the form. */
  readonly settled: ReactNode;
  readonly complete: TaskActions['complete'];
  /** What the reader typed and did not send, as the server has it. */
  readonly draft: JsonObject | null;
  readonly saveDraft: TaskActions['saveDraft'];
}

function TaskAnswer({
  userId,
  isResumed,
  taskId,
  title,
  form,
  mayDecide,
  hasEnded,
  endedNote,
  details,
  settled,
  complete,
  draft,
  saveDraft,
}: TaskWorkProps & { readonly isResumed: boolean }) {
  const router = useRouter();
  const toast = useToast();
  const afterDecision = use(AfterDecision);
  // The pinned form never changes: the same objects keep the fields, and what is typed in them, through every refresh.
  const [fixed] = useState(form);
  const [wasOpen] = useState(mayDecide);
  const [isSent, setSent] = useState(false);
  const typed = useDraft({ by: { userId, taskId }, stored: draft, isResumed, save: saveDraft });

  // Also when the reader comes back to what somebody else, or the workflow, ended.
  const hasLost = !mayDecide && !isSent && (wasOpen || (hasEnded && typed.initial !== null));
  const keepsTyped = hasLost && typed.hasTyped;
  if (!mayDecide && !keepsTyped) {
    return (
      // What the server rendered may still be on its way when React comes to it. Directly in this component, which has
      // just noted that the form goes, React would begin again and note that twice, and the page would break.
      <div className="work-read">
        {hasLost ? <LostNote text={endedNote} /> : null}
        {settled}
        {details}
      </div>
    );
  }

  // Known beforehand: what the form library throws while the server draws a page is the end of that page.
  if (!fixed.isUsable) {
    return (
      <div className="work-form">
        <NotDrawn>{details}</NotDrawn>
      </div>
    );
  }

  const submit = async (outcome: string | null, data: JsonObject): Promise<SubmitAnswer> => {
    if (isTooLarge(data)) return { ok: false, message: tooLarge };
    typed.saver.hold();
    const answer = await complete({ taskId, outcome, data }).catch(() => ({
      ok: false as const,
      code: 'unreachable',
      message: unreachable,
      fieldErrors: undefined,
    }));
    if (!answer.ok) {
      typed.saver.goOn();
      // Somebody else may have decided: the page then shows by whom, beside what was typed.
      if (answer.code !== 'unreachable') router.refresh();
      return {
        ok: false,
        message: answer.message,
        fieldErrors: answer.fieldErrors?.map((error) => ({ ...error, keyword: 'server' })),
      };
    }
    typed.saver.forget();
    setSent(true);
    const verb = fixed.outcomes.find((candidate) => candidate.value === outcome)?.title;
    toast(verb ? `${title}: ${verb.toLowerCase()}` : `${title}: done`);
    if (afterDecision) afterDecision(taskId);
    else {
      beginAtTop(taskId);
      router.refresh();
    }
    return { ok: true };
  };

  return (
    <div className="work-form">
      {keepsTyped ? <LostNote text={`${endedNote} What you typed is still below, to copy from.`} /> : null}
      <FormGuard told={() => <NotDrawn>{details}</NotDrawn>}>
        <TaskForm
          form={fixed}
          formData={fixed.projection.formData}
          texts={fixed.projection.texts}
          outcomes={fixed.outcomes}
          disabled={keepsTyped}
          draft={typed.initial}
          onType={(data) => typed.saver.type(data)}
          draftStatus={typed.text}
          onSubmit={submit}
        >
          {details}
          {typed.isUnreachable ? <NoConnection /> : null}
        </TaskForm>
      </FormGuard>
    </div>
  );
}

/** In place of the form; the rest of the task stays. */
function NotDrawn({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <p className="note tone-fail form-gone" role="alert">
        <Icon name="alert" />
        <span>This form cannot be shown, so nobody can answer it. Ask an administrator to look at its definition.</span>
      </p>
      {children}
    </>
  );
}

/** Where the eye is while typing: above the buttons, which stay at hand. */
function NoConnection() {
  return (
    <p className="note tone-time no-connection" role="status">
      <Icon name="alert" />
      <span>
        <b>No connection.</b> What you typed is kept on this device and saved by itself once you are connected again.
      </span>
    </p>
  );
}

function LostNote({ text }: { readonly text: string }) {
  return (
    <p className="note tone-time lost" role="alert">
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}
