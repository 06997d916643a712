'use client';
import { useEffect, useId, useRef, useState } from 'react';
import { toLocalInput, toUtc } from '@/components/task-form/dates';
import { ErrorNote, Field } from '@/components/ui/field';
import { unreachable } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import type { TaskView } from '@/lib/queries/task';
import type { TaskActions, TaskChanged } from './task-actions';

export type TaskPlan = Pick<TaskView, 'priority' | 'dueAt' | 'followUpAt'>;

type DateName = 'dueAt' | 'followUpAt';
type Problems = Readonly<Partial<Record<DateName, string>>>;

/** Further away is a slip of the finger. */
const firstYear = 2000;
const lastYear = 2999;

/** What is wrong with a date as it stands in its field; undefined when nothing is. */
function problemOf(local: string, isHalf: boolean): string | undefined {
  if (isHalf) return 'Give the whole date and time, or empty the field.';
  if (local === '') return undefined;
  const year = Number(local.split('-')[0]);
  return year >= firstYear && year <= lastYear
    ? undefined
    : `Give a date in the years ${firstYear} to ${lastYear}, or none.`;
}

const priorities: readonly (readonly [TaskPlan['priority'], string])[] = [
  ['low', 'Low'],
  ['normal', 'Normal'],
  ['high', 'High'],
  ['urgent', 'Urgent'],
];

/** How urgent a task is, when it is due, and when whoever has it looks at it again. Only what was changed is sent. */
export function PlanDialog({
  taskId,
  plan,
  send,
  onDone,
  onClose,
}: {
  readonly taskId: string;
  readonly plan: TaskPlan;
  readonly send: TaskActions['plan'];
  readonly onDone: (changed: TaskChanged) => void;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [zone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [was] = useState(() => ({
    priority: plan.priority,
    dueAt: plan.dueAt === null ? '' : toLocalInput(plan.dueAt, zone),
    followUpAt: plan.followUpAt === null ? '' : toLocalInput(plan.followUpAt, zone),
  }));
  const [now, setNow] = useState(was);
  const [problem, setProblem] = useState<string>();
  const [problems, setProblems] = useState<Problems>({});
  const [isSending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const field = (name: DateName) => document.getElementById(`${id}-${name}`);
  const isHalf = (name: DateName) => {
    const input = field(name);
    return input instanceof HTMLInputElement && input.validity.badInput;
  };
  const change = (name: DateName, value: string) => {
    setNow({ ...now, [name]: value });
    setProblems({ ...problems, [name]: undefined });
  };

  const submit = async () => {
    if (isSending) return;
    setProblem(undefined);
    const found: Problems = Object.fromEntries(
      (['dueAt', 'followUpAt'] as const).flatMap((name) => {
        // One that stands as it was is no matter of this change.
        const told = now[name] === was[name] && !isHalf(name) ? undefined : problemOf(now[name], isHalf(name));
        return told === undefined ? [] : [[name, told]];
      }),
    );
    setProblems(found);
    const [first] = (['dueAt', 'followUpAt'] as const).filter((name) => found[name] !== undefined);
    if (first !== undefined) return field(first)?.focus();
    const instant = (local: string) => (local === '' ? null : (toUtc(local, zone) ?? null));
    const changes = {
      ...(now.priority === was.priority ? {} : { priority: now.priority }),
      ...(now.dueAt === was.dueAt ? {} : { dueAt: instant(now.dueAt) }),
      ...(now.followUpAt === was.followUpAt ? {} : { followUpAt: instant(now.followUpAt) }),
    };
    if (Object.keys(changes).length === 0) return dialog.current?.close();
    setSending(true);
    const answer = await send({ taskId, plan: changes }).catch(() => null);
    setSending(false);
    if (answer?.ok) return onDone(answer.value);
    setProblem(answer?.message ?? unreachable);
  };

  return (
    <dialog className="dlg work act-dlg" ref={dialog} aria-labelledby={`${id}-title`} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id={`${id}-title`}>Plan</h2>
        <p className="soft">Everybody who sees this task sees its priority and dates. An empty date is none.</p>
        <Field id={`${id}-priority`} label="Priority" problem={undefined}>
          {(control) => (
            <span className="select">
              <select
                {...control}
                className="input"
                value={now.priority}
                onChange={(event) => {
                  const chosen = priorities.find(([value]) => value === event.target.value);
                  if (chosen) setNow({ ...now, priority: chosen[0] });
                }}
              >
                {priorities.map(([value, word]) => (
                  <option key={value} value={value}>
                    {word}
                  </option>
                ))}
              </select>
              <Icon name="down" />
            </span>
          )}
        </Field>
        <Field id={`${id}-dueAt`} label="Due" help={zone} problem={problems.dueAt}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="datetime-local"
              value={now.dueAt}
              onChange={(event) => change('dueAt', event.target.value)}
            />
          )}
        </Field>
        <Field id={`${id}-followUpAt`} label="Follow up" help={zone} problem={problems.followUpAt}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="datetime-local"
              value={now.followUpAt}
              onChange={(event) => change('followUpAt', event.target.value)}
            />
          )}
        </Field>
        <ErrorNote id={`${id}-problem`} message={problem} />
        <div className="act-bar">
          <button className="btn btn-ghost" type="button" onClick={() => dialog.current?.close()}>
            Never mind
          </button>
          <button className="btn btn-primary" type="submit" aria-busy={isSending}>
            {isSending ? <Icon name="retrying" /> : null}
            Save
          </button>
        </div>
      </form>
    </dialog>
  );
}
