'use client';
import { useEffect, useState } from 'react';
import { TaskForm, type SubmitAnswer } from '@/components/task-form/TaskForm';
import { ActProblem } from '@/components/ui/act-problem';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import type { JsonObject } from '@/lib/forms/types';
import type { SharedForm } from '@/lib/queries/shared-form';
import type { BulkAnswer } from '@shared/workflow/model/bulkAnswer';
import type { BulkActions } from './bulk-types';
import type { Bulk } from './use-bulk';

/** The form ids of tasks; one means that one answer can serve them all. */
export const formsOf = (chosen: Bulk['chosen']): readonly string[] => [...new Set(chosen.map(({ formId }) => formId))];

/** All selected tasks in the place of one: what was refused and why, which they are, and one answer for all. */
export function BulkPane({
  bulk,
  actions,
  onEnded,
}: {
  readonly bulk: Bulk;
  readonly actions: BulkActions;
  /** Told which tasks an answer has ended. */
  readonly onEnded: (taskIds: readonly string[]) => void;
}) {
  const { chosen, refusals } = bulk;
  const [first] = chosen;
  const forms = formsOf(chosen);
  return (
    <article className="task bulk-pane" aria-labelledby="bulk-title">
      <div className="head">
        <h2 className="title" id="bulk-title">
          {chosen.length === 1 ? 'One task' : `${chosen.length} tasks`} selected
        </h2>
      </div>
      <ActProblem text={bulk.problem} />
      {refusals.length > 0 ? (
        <div className="note tone-fail" role="alert">
          <Icon name="alert" />
          <div>
            <b>
              {refusals.length === 1 ? 'One task was left as it is' : `${refusals.length} tasks were left as they are`}
            </b>
            <ul className="bulk-l">
              {refusals.map(({ taskId, title, message }) => (
                <li key={taskId}>
                  {title}: {message}
                </li>
              ))}
            </ul>
            <button className="btn btn-ghost" type="button" onClick={bulk.clear}>
              Close
            </button>
          </div>
        </div>
      ) : null}
      <ul className="bulk-l">
        {chosen.map(({ taskId, title }) => (
          <li key={taskId}>{title}</li>
        ))}
      </ul>
      {first && forms.length === 1 ? (
        <SharedAnswer key={first.formId} taskId={first.taskId} bulk={bulk} actions={actions} onEnded={onEnded} />
      ) : null}
      {forms.length > 1 ? (
        <p className="note">
          <Icon name="form" />
          These do not ask the same. Select those of one kind to answer them together.
        </p>
      ) : null}
    </article>
  );
}

/** One answer for all selected tasks. What is read from one of them is the form, which all have. */
function SharedAnswer({
  taskId,
  bulk,
  actions,
  onEnded,
}: {
  readonly taskId: string;
  readonly bulk: Bulk;
  readonly actions: BulkActions;
  readonly onEnded: (taskIds: readonly string[]) => void;
}) {
  const [asked] = useState(taskId);
  const [read, setRead] = useState<ActionAnswer<SharedForm | null> | null>(null);
  const { form: readForm } = actions;
  useEffect(() => {
    let isHere = true;
    const failed: ActionAnswer<SharedForm | null> = { ok: false, code: 'unreachable', message: unreachable };
    void readForm({ taskId: asked })
      .catch(() => failed)
      .then((answer) => isHere && setRead(answer));
    return () => {
      isHere = false;
    };
  }, [asked, readForm]);

  if (read === null) return <p className="soft">Reading the form…</p>;
  if (!read.ok) return <ActProblem text={read.message} />;
  if (read.value === null) return <ActProblem text="The form of these tasks cannot be found." />;
  const { value: form } = read;

  const submit = async (outcome: string | null, data: JsonObject): Promise<SubmitAnswer> => {
    const verb = form.outcomes.find(({ value }) => value === outcome)?.title;
    const answers = await bulk.run(
      (taskIds) => actions.complete({ taskIds: [...taskIds], outcome, data }),
      verb ? `answered: ${verb.toLowerCase()}` : 'answered',
    );
    const ended = answers.flatMap((answer) => (answer.ok ? [answer.taskId] : []));
    if (ended.length > 0) onEnded(ended);
    return ended.length > 0 ? { ok: true } : { ok: false, ...wrongFields(answers) };
  };
  return (
    <TaskForm
      form={form}
      formData={form.projection.formData}
      texts={form.projection.texts}
      outcomes={form.outcomes}
      idPrefix="bulk"
      onSubmit={submit}
    />
  );
}

/** What is wrong with the answer itself stands at its fields. */
function wrongFields(answers: readonly BulkAnswer[]): Omit<Extract<SubmitAnswer, { ok: false }>, 'ok'> {
  const wrong = answers.find((answer) => !answer.ok && answer.fieldErrors !== undefined);
  const fieldErrors = wrong && !wrong.ok ? (wrong.fieldErrors ?? []) : [];
  return {
    message: 'No task took this answer. Above it says why.',
    fieldErrors: fieldErrors.map((error) => ({ ...error, keyword: 'server' })),
  };
}
