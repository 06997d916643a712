'use client';
import { useRouter } from 'next/navigation';
import { useRef, useState, useTransition } from 'react';
import { unreachable, type ActionAnswer, type FieldProblem } from '@/components/ui/action-types';
import { ErrorHelp } from '@/components/ui/error-help';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icons';
import { OnceAlive } from '@/components/ui/once-alive';
import { useToast } from '@/components/ui/toast';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import type { Scope } from '@/lib/queries/taskDefinitions';
import { inputOf, suggestedForm, type DefinitionFields, type DefinitionFormInput } from './definition-fields';
import { UnheldRoles } from './unheld-roles';

interface DefinitionFormProps {
  readonly initial: DefinitionFields;
  /** The revision it was read in; null: it is being made. */
  readonly revision: number | null;
  readonly isTypeFixed: boolean;
  readonly scope: Scope;
  readonly forms: { readonly own: readonly string[]; readonly system: readonly string[] };
  readonly roles: readonly { readonly role: string; readonly people: number }[];
  /** Whether the roles are those of a tenant's people; the platform's definitions serve tenants it knows nothing of. */
  readonly isOfTenant: boolean;
  readonly save: (
    input: DefinitionFormInput & { readonly expectedRevision: number },
  ) => Promise<ActionAnswer<{ readonly taskType: string }>>;
}

const priorities: readonly DefinitionFields['priority'][] = ['low', 'normal', 'high', 'urgent'];

/** Makes or changes a task definition. Whatever is refused, what was typed stays. */
export function DefinitionForm(props: DefinitionFormProps) {
  const { initial, revision, isTypeFixed, scope, forms, roles, isOfTenant, save } = props;
  const router = useRouter();
  const toast = useToast();
  const [fields, setFields] = useState(initial);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<{ readonly text: string; readonly code: string | null } | null>(null);
  const focusOnceShown = useFocusOnceShown();
  const [pending, startTransition] = useTransition();
  const form = useRef<HTMLFormElement>(null);

  const problemAt = (path: string) =>
    problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}/`))?.message;
  const change = (part: Partial<DefinitionFields>, path: string) => {
    setFields((current) => ({ ...current, ...part }));
    setProblems((all) => all.filter((problem) => problem.path !== path && !problem.path.startsWith(`${path}/`)));
  };
  const submit = () => {
    if (pending) return;
    setFailure(null);
    setProblems([]);
    startTransition(async () => {
      const answer = await save({ ...inputOf(fields), expectedRevision: revision ?? 0 }).catch(() => null);
      if (answer?.ok) {
        toast(revision === null ? `${fields.name} can be asked` : `${fields.name} is changed`);
        router.push(`/admin/task-definitions/${scope}/${answer.value.taskType}`);
        return;
      }
      const found = answer?.fieldErrors ?? [];
      setProblems(found);
      if (found.length === 0) setFailure({ text: answer?.message ?? unreachable, code: answer?.code ?? null });
      focusOnceShown(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]'));
    });
  };
  const text = (name: 'taskType' | 'name' | 'roles' | 'due' | 'completionEvent' | 'newFormName', path: string) => ({
    className: 'input',
    autoComplete: 'off',
    spellCheck: false,
    value: fields[name],
    onChange: (event: { readonly target: { readonly value: string } }) => change({ [name]: event.target.value }, path),
  });

  return (
    <form
      className="def-form"
      noValidate
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {failure ? (
        <p className="note tone-fail" role="alert" tabIndex={-1}>
          <Icon name="alert" />
          <span>
            {failure.text} <ErrorHelp code={failure.code} />
          </span>
        </p>
      ) : null}
      <OnceAlive>
        <Field
          id="def-type"
          label="Task type"
          help="The name by which workflows ask for it. It cannot be changed later."
          problem={problemAt('/taskType')}
        >
          {(control) => <input {...control} {...text('taskType', '/taskType')} readOnly={isTypeFixed} />}
        </Field>
        <Field id="def-name" label="Name" help="What such tasks are called." problem={problemAt('/name')}>
          {(control) => <input {...control} {...text('name', '/name')} />}
        </Field>
        <Field id="def-description" label="Description" optional problem={problemAt('/description')}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              value={fields.description}
              onChange={(event) => change({ description: event.target.value }, '/description')}
            />
          )}
        </Field>
        <FormChoice fields={fields} forms={forms} problem={problemAt('/form')} change={change} />
        {fields.formKind === 'new' ? (
          <Field
            id="def-new-form"
            label="Name of the new form"
            help={
              initial.formName === ''
                ? 'It begins with what every form needs; nothing is asked with it until you publish it.'
                : `It begins as a copy of ${initial.formName}.`
            }
            problem={problemAt('/form')}
          >
            {(control) => (
              <input
                {...control}
                {...text('newFormName', '/form')}
                placeholder={suggestedForm(fields.taskType) || 'review-form'}
              />
            )}
          </Field>
        ) : null}
        <Field
          id="def-roles"
          label="Roles that may do it"
          optional
          help={`Separated by commas. ${knownRoles(roles)} Without any, administrators.`}
          problem={problemAt('/defaultRoles')}
        >
          {(control) => <input {...control} {...text('roles', '/defaultRoles')} />}
        </Field>
        {isOfTenant ? <UnheldRoles wanted={inputOf(fields).defaultRoles} held={roles.map(({ role }) => role)} /> : null}
        <Field id="def-priority" label="Priority" problem={problemAt('/defaultPriority')}>
          {(control) => (
            <span className="select">
              <select
                {...control}
                className="input"
                value={fields.priority}
                onChange={(event) =>
                  change({ priority: event.target.value as DefinitionFields['priority'] }, '/defaultPriority')
                }
              >
                {priorities.map((priority) => (
                  <option key={priority}>{priority}</option>
                ))}
              </select>
              <Icon name="down" />
            </span>
          )}
        </Field>
        <Field
          id="def-due"
          label="Due"
          optional
          help="How long after it was created, such as 2 days or 4 hours."
          problem={problemAt('/defaultDue')}
        >
          {(control) => <input {...control} {...text('due', '/defaultDue')} />}
        </Field>
        <Field
          id="def-event"
          label="Completion event"
          optional
          help="The event that tells the workflow of its end; Task:<id>:Complete unless you name another."
          problem={problemAt('/completionEvent')}
        >
          {(control) => <input {...control} {...text('completionEvent', '/completionEvent')} />}
        </Field>
        <div className="act-bar">
          <button className="btn btn-primary" type="submit" aria-busy={pending}>
            {pending ? <Icon name="retrying" /> : null}
            {revision === null ? 'Create' : 'Save'}
          </button>
        </div>
      </OnceAlive>
    </form>
  );
}

function FormChoice({
  fields,
  forms,
  problem,
  change,
}: {
  readonly fields: DefinitionFields;
  readonly forms: DefinitionFormProps['forms'];
  readonly problem: string | undefined;
  readonly change: (part: Partial<DefinitionFields>, path: string) => void;
}) {
  // A form that has no version yet is in no list, and stays chosen.
  const isListed = (fields.formKind === 'tenant' ? forms.own : forms.system).includes(fields.formName);
  return (
    <Field id="def-form" label="Form" problem={fields.formKind === 'new' ? undefined : problem}>
      {(control) => (
        <span className="select">
          <select
            {...control}
            className="input"
            value={fields.formKind === 'new' ? 'new' : `${fields.formKind}/${fields.formName}`}
            onChange={(event) => {
              const [kind = '', name = ''] = event.target.value.split('/');
              const formKind = kind === 'system' || kind === 'tenant' ? kind : 'new';
              change(formKind === 'new' ? { formKind } : { formKind, formName: name }, '/form');
            }}
          >
            <option value="new">A new form of its own</option>
            {isListed || fields.formKind === 'new' ? null : (
              <option value={`${fields.formKind}/${fields.formName}`}>{fields.formName}</option>
            )}
            {forms.own.length > 0 ? (
              <optgroup label="Yours">
                {forms.own.map((name) => (
                  <option key={name} value={`tenant/${name}`}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ) : null}
            <optgroup label="System">
              {forms.system.map((name) => (
                <option key={name} value={`system/${name}`}>
                  {name}
                </option>
              ))}
            </optgroup>
          </select>
          <Icon name="down" />
        </span>
      )}
    </Field>
  );
}

function knownRoles(roles: DefinitionFormProps['roles']): string {
  if (roles.length === 0) return 'Nobody has a role yet.';
  const named = roles.map(({ role, people }) => `${role} (${people})`).join(', ');
  return `There are ${named}.`;
}
