'use client';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import type { MemberView, RoleView } from '@/lib/queries/members';
import type { ActionAnswer } from '@/components/ui/action-types';
import { CopyText } from '@/components/ui/copy-text';
import { ErrorNote, Field } from '@/components/ui/field';
import { useToast } from '@/components/ui/toast';
import { ConsoleDialog, DialogForm, useDialogAct } from './dialog-form';

/** Which member, as the page showed them. */
export interface MemberInput {
  readonly userId: string;
  readonly version: number;
}

export interface MemberActions {
  readonly add: (input: {
    readonly name: string;
    readonly email: string;
    readonly roles: string[];
  }) => Promise<ActionAnswer<{ readonly name: string; readonly email: string; readonly password: string }>>;
  readonly change: (
    input: MemberInput & { readonly name: string; readonly roles: string[] },
  ) => Promise<ActionAnswer<unknown>>;
  readonly deactivate: (input: MemberInput) => Promise<ActionAnswer<{ readonly givenBack: number }>>;
  readonly reactivate: (input: MemberInput) => Promise<ActionAnswer<unknown>>;
  readonly giveBack: (input: { readonly userId: string }) => Promise<ActionAnswer<{ readonly givenBack: number }>>;
  readonly resetPassword: (input: MemberInput) => Promise<ActionAnswer<{ readonly password: string }>>;
}

export function AddMemberDialog({
  roles,
  add,
  onClose,
}: {
  readonly roles: readonly RoleView[];
  readonly add: MemberActions['add'];
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const { send, isSending, failure, problemAt } = useDialogAct();
  const id = useId();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [told, setTold] = useState<{ readonly name: string; readonly password: string } | null>(null);
  if (told) return <PasswordDialog {...told} onClose={onClose} />;
  return (
    <DialogForm
      title="Add a member"
      help="They sign in with this address and a password that is shown once, after this."
      verb="Add"
      isSending={isSending}
      failure={failure}
      onSubmit={() =>
        void send(
          () => add({ name, email, roles: [...chosen] }),
          (added) => {
            setTold(added);
            router.refresh();
          },
        )
      }
      onClose={onClose}
    >
      <Field id={`${id}-name`} label="Name" problem={problemAt('/name')}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field id={`${id}-email`} label="E-mail" problem={problemAt('/email')}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="email"
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <RoleChoice roles={roles} chosen={chosen} problem={problemAt('/roles')} onChange={setChosen} />
    </DialogForm>
  );
}

export function ChangeMemberDialog({
  member,
  roles,
  change,
  resetPassword,
  onClose,
}: {
  readonly member: MemberView;
  readonly roles: readonly RoleView[];
  readonly change: MemberActions['change'];
  readonly resetPassword: MemberActions['resetPassword'];
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const toast = useToast();
  const { send, isSending, failure, problemAt } = useDialogAct();
  const id = useId();
  // As they were when the dialog was opened: what others change meanwhile is told when this is sent.
  const [seen] = useState(member);
  const [name, setName] = useState(seen.name);
  const [chosen, setChosen] = useState(seen.roles);
  const [password, setPassword] = useState<string | null>(null);
  const { userId, version } = seen;
  if (password !== null) return <PasswordDialog name={seen.name} password={password} onClose={onClose} />;
  const refresh = () => router.refresh();
  return (
    <DialogForm
      title={`Change ${seen.name}`}
      help={`${seen.email}. What you save counts from their next click.`}
      verb="Save"
      isSending={isSending}
      failure={failure}
      more={
        <button
          className="btn btn-ghost"
          type="button"
          onClick={() =>
            void send(
              () => resetPassword({ userId, version }),
              (reset) => {
                setPassword(reset.password);
                refresh();
              },
            )
          }
        >
          New password
        </button>
      }
      onSubmit={() =>
        void send(
          () => change({ userId, version, name, roles: [...chosen] }),
          () => {
            toast(`${name.trim()} is changed`);
            refresh();
            onClose();
          },
        )
      }
      onClose={() => {
        // Somebody else's change, if that was told, is on the page behind.
        refresh();
        onClose();
      }}
    >
      <Field id={`${id}-name`} label="Name" problem={problemAt('/name')}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <RoleChoice roles={roles} chosen={chosen} problem={problemAt('/roles')} onChange={setChosen} />
    </DialogForm>
  );
}

export function DeactivateDialog({
  member,
  deactivate,
  onClose,
}: {
  readonly member: MemberView;
  readonly deactivate: MemberActions['deactivate'];
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const toast = useToast();
  const { send, isSending, failure } = useDialogAct();
  const tasks =
    member.holds === 1 ? 'The open task that they hold goes' : `The ${member.holds} open tasks that they hold go`;
  const questions =
    member.asked === 0
      ? ''
      : member.asked === 1
        ? ' The question that they were asked goes back to who asked it.'
        : ` The ${member.asked} questions that they were asked go back to who asked them.`;
  return (
    <DialogForm
      title={`Deactivate ${member.name}?`}
      help={`Their sessions and tokens end at once. ${member.holds === 0 ? 'They hold no open tasks.' : `${tasks} back to those who may take them.`}${questions} What they did stays theirs.`}
      verb="Deactivate"
      isDanger
      isSending={isSending}
      failure={failure}
      onSubmit={() =>
        void send(
          () => deactivate({ userId: member.userId, version: member.version }),
          ({ givenBack }) => {
            toast(`${member.name} is deactivated${givenBack > 0 ? `, ${givenBack} given back` : ''}`);
            router.refresh();
            onClose();
          },
        )
      }
      onClose={onClose}
    />
  );
}

/** The one time that a password is shown. */
function PasswordDialog({
  name,
  password,
  onClose,
}: {
  readonly name: string;
  readonly password: string;
  readonly onClose: () => void;
}) {
  return (
    <ConsoleDialog title={`Tell ${name} this password`} onClose={onClose}>
      {(dialog) => (
        <>
          <p>
            <CopyText text={password} label="password" />
          </p>
          <p className="soft">It is not kept anywhere and cannot be shown again.</p>
          <div className="act-bar">
            <button className="btn btn-primary" type="button" onClick={() => dialog.current?.close()}>
              Done
            </button>
          </div>
        </>
      )}
    </ConsoleDialog>
  );
}

function RoleChoice({
  roles,
  chosen,
  problem,
  onChange,
}: {
  readonly roles: readonly RoleView[];
  readonly chosen: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (roles: readonly string[]) => void;
}) {
  const id = useId();
  const group = (legend: string, some: readonly RoleView[]) => (
    <fieldset className="role-set">
      <legend className="label">{legend}</legend>
      {some.map(({ role, name, words }) => (
        <label key={role} className="role-opt">
          <input
            className="check"
            type="checkbox"
            checked={chosen.includes(role)}
            aria-describedby={words === null ? undefined : `${id}-${role}`}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, role] : chosen.filter((other) => other !== role))
            }
          />
          <span>
            {name}
            {words === null ? null : (
              <span className="sub" id={`${id}-${role}`}>
                {words}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
  return (
    <>
      {group(
        'Decides tasks as',
        roles.filter(({ kind }) => kind !== 'console'),
      )}
      {group(
        'In the console',
        roles.filter(({ kind }) => kind === 'console'),
      )}
      <ErrorNote id={`${id}-problem`} message={problem} />
    </>
  );
}
