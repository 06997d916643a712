'use client';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import type { RoleView } from '@/lib/queries/members';
import { ActProblem } from '@/components/ui/act-problem';
import type { ActionAnswer } from '@/components/ui/action-types';
import { ErrorNote, Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import { useAct, type ActFailure } from '@/components/ui/use-act';
import { DialogForm, useDialogAct } from './dialog-form';

interface NamedRole {
  readonly role: string;
  readonly name: string;
}

type RoleAction = (input: NamedRole) => Promise<ActionAnswer>;

/** All roles with who has them; work roles can be called something else. */
export function RolesTable({
  roles,
  mayManage,
  rename,
  remove,
}: {
  readonly roles: readonly RoleView[];
  readonly mayManage: boolean;
  readonly rename: RoleAction;
  readonly remove: (input: { readonly role: string }) => Promise<ActionAnswer>;
}) {
  const [failure, setFailure] = useState<ActFailure | null>(null);
  const [renamed, setRenamed] = useState<RoleView | null>(null);
  return (
    <>
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Roles">
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">Role</th>
              <th scope="col" className="c-o">
                Key
              </th>
              <th scope="col" className="r">
                Members
              </th>
              {mayManage ? (
                <th scope="col">
                  <span className="vh">Acts</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {roles.map((role) => (
              <tr key={role.role}>
                <th scope="row">
                  {role.name}
                  <span className="only-s mono">{role.role}</span>
                  <span className="sub">{role.words ?? 'Decides what is asked of this role'}</span>
                </th>
                <td className="mono c-o">{role.role}</td>
                <td className="r tnum">{role.members}</td>
                {mayManage ? (
                  <td className="r">
                    <RoleActs role={role} remove={remove} onRename={setRenamed} onFailure={setFailure} />
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {renamed ? <RenameDialog role={renamed} rename={rename} onClose={() => setRenamed(null)} /> : null}
    </>
  );
}

function RoleActs({
  role,
  remove,
  onRename,
  onFailure,
}: {
  readonly role: RoleView;
  readonly remove: (input: { readonly role: string }) => Promise<ActionAnswer>;
  readonly onRename: (role: RoleView) => void;
  readonly onFailure: (failure: ActFailure | null) => void;
}) {
  const { act, pending } = useAct(onFailure);
  if (role.kind === 'console') return <span className="soft">Fixed</span>;
  return (
    <span className="acts">
      <button className="btn" type="button" aria-label={`Rename ${role.name}`} onClick={() => onRename(role)}>
        Rename
      </button>
      {role.kind === 'own' && role.members === 0 ? (
        <button
          className="btn btn-ghost"
          type="button"
          aria-label={`Remove ${role.name}`}
          aria-busy={pending}
          onClick={() => act(() => remove({ role: role.role }), `${role.name} is removed`)}
        >
          Remove
        </button>
      ) : null}
    </span>
  );
}

function RenameDialog({
  role,
  rename,
  onClose,
}: {
  readonly role: RoleView;
  readonly rename: RoleAction;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const toast = useToast();
  const { send, isSending, failure, problemAt } = useDialogAct();
  const id = useId();
  const [name, setName] = useState(role.name);
  return (
    <DialogForm
      title={`Rename ${role.name}`}
      help={`People read the name. Members, tasks and workflows keep the key "${role.role}", so nothing else changes.`}
      verb="Rename"
      isSending={isSending}
      failure={failure}
      onSubmit={() =>
        void send(
          () => rename({ role: role.role, name }),
          () => {
            toast(`${role.name} is now called ${name.trim()}`);
            router.refresh();
            onClose();
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
    </DialogForm>
  );
}

/** Adds a work role to the tenant. */
export function AddRoleForm({ add }: { readonly add: RoleAction }) {
  const router = useRouter();
  const toast = useToast();
  const { send, isSending, failure, problemAt } = useDialogAct();
  const id = useId();
  const [name, setName] = useState('');
  const [key, setKey] = useState<string | null>(null);
  // What the name suggests, until somebody types another.
  const role = key ?? keyOf(name);
  return (
    <form
      className="att-new"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(
          () => add({ role, name }),
          () => {
            toast(`${name.trim()} is added`);
            setName('');
            setKey(null);
            router.refresh();
          },
        );
      }}
    >
      <Field id={`${id}-name`} label="Name" problem={problemAt('/name')}>
        {(control) => (
          <input
            {...control}
            className="input"
            placeholder="Finance"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field id={`${id}-key`} label="Key, as workflows say it" problem={problemAt('/role')}>
        {(control) => (
          <input
            {...control}
            className="input mono"
            placeholder="finance"
            autoComplete="off"
            value={role}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </Field>
      <button className="btn" type="submit" aria-busy={isSending} disabled={isSending}>
        <Icon name={isSending ? 'retrying' : 'plus'} />
        Add
      </button>
      <ErrorNote id={`${id}-failure`} message={failure?.message} />
    </form>
  );
}

const keyOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
