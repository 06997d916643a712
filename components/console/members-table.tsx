'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { MemberView, RoleView } from '@/lib/queries/members';
import { ActProblem } from '@/components/ui/act-problem';
import { Icon } from '@/components/ui/icons';
import { Avatar } from '@/components/ui/person';
import { Time } from '@/components/ui/time';
import { useAct, type ActFailure } from '@/components/ui/use-act';
import { AddMemberDialog, ChangeMemberDialog, DeactivateDialog, type MemberActions } from './member-dialogs';

type Open = { readonly act: 'change' | 'deactivate'; readonly member: MemberView } | null;

/** Everybody of the tenant with what they may do, and what an administrator can do about it. */
export function MembersTable({
  members,
  roles,
  mayManage,
  actions,
}: {
  readonly members: readonly MemberView[];
  readonly roles: readonly RoleView[];
  readonly mayManage: boolean;
  readonly actions: MemberActions;
}) {
  const [failure, setFailure] = useState<ActFailure | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const nameOf = (role: string) => roles.find((one) => one.role === role)?.name ?? role;
  return (
    <>
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Members">
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col" className="c-o">
                Roles
              </th>
              <th scope="col" className="r c-o">
                Holds
              </th>
              {mayManage ? (
                <th scope="col">
                  <span className="vh">Acts</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {members.map((member) => {
              const names = member.roles.map(nameOf).join(', ');
              return (
                <tr key={member.userId} className={member.isActive ? undefined : 'is-off'}>
                  <th scope="row">
                    <span className="who">
                      <Avatar name={member.name} />
                      <span>
                        {member.name}
                        <span className="sub">{member.email}</span>
                        {names === '' ? null : <span className="only-s">{names}</span>}
                        {member.deactivatedAt === null ? null : (
                          <span className="sub">
                            Deactivated <Time at={member.deactivatedAt} />
                          </span>
                        )}
                      </span>
                    </span>
                    <Stranded tasks={member.isActive ? [] : member.onlyTheirs} />
                  </th>
                  <td className="c-o">
                    {member.roles.length === 0 ? <span className="soft">None</span> : null}
                    {member.roles.map((role) => (
                      <span key={role} className="tag">
                        {nameOf(role)}
                      </span>
                    ))}
                  </td>
                  <td className="r c-o tnum">{member.holds}</td>
                  {mayManage ? (
                    <td>
                      <MemberActs member={member} actions={actions} onOpen={setOpen} onFailure={setFailure} />
                    </td>
                  ) : null}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {open?.act === 'change' ? (
        <ChangeMemberDialog
          member={open.member}
          roles={roles}
          change={actions.change}
          resetPassword={actions.resetPassword}
          onClose={close}
        />
      ) : null}
      {open?.act === 'deactivate' ? (
        <DeactivateDialog member={open.member} deactivate={actions.deactivate} onClose={close} />
      ) : null}
    </>
  );
}

function MemberActs({
  member,
  actions,
  onOpen,
  onFailure,
}: {
  readonly member: MemberView;
  readonly actions: MemberActions;
  readonly onOpen: (open: Open) => void;
  readonly onFailure: (failure: ActFailure | null) => void;
}) {
  const { act, pending } = useAct(onFailure);
  const { userId, version, name } = member;
  return (
    <span className="acts">
      {member.isActive ? (
        <>
          <button
            className="btn"
            type="button"
            aria-label={`Change ${name}`}
            onClick={() => onOpen({ act: 'change', member })}
          >
            Change
          </button>
          <button
            className="btn btn-ghost"
            type="button"
            aria-label={`Deactivate ${name}`}
            onClick={() => onOpen({ act: 'deactivate', member })}
          >
            Deactivate
          </button>
        </>
      ) : (
        <>
          {member.holds + member.asked > 0 ? (
            <button
              className="btn"
              type="button"
              aria-busy={pending}
              onClick={() => act(() => actions.giveBack({ userId }), `What ${name} held is given back`)}
            >
              Give back {member.holds + member.asked}
            </button>
          ) : null}
          <button
            className="btn btn-ghost"
            type="button"
            aria-label={`Reactivate ${name}`}
            aria-busy={pending}
            onClick={() => act(() => actions.reactivate({ userId, version }), `${name} may sign in again`)}
          >
            Reactivate
          </button>
        </>
      )}
    </span>
  );
}

/** Tasks that nobody is left to take. */
function Stranded({ tasks }: { readonly tasks: MemberView['onlyTheirs'] }) {
  if (tasks.length === 0) return null;
  return (
    <span className="stranded">
      <span className="st tone-wait">
        <Icon name="alert" />
        Asked of nobody else; assign them:
      </span>
      {tasks.map(({ taskId, title }) => (
        <Link key={taskId} href={`/tasks/${taskId}`}>
          {title}
        </Link>
      ))}
    </span>
  );
}

/** Opens the dialog that adds a member. */
export function AddMember({ roles, add }: { readonly roles: readonly RoleView[]; readonly add: MemberActions['add'] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button className="btn btn-primary" type="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        Add a member
      </button>
      {isOpen ? <AddMemberDialog roles={roles} add={add} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
