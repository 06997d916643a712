/** Members and roles over this process's database; open pages hear of every change. */
import { rawSql } from '../db/client';
import { createSignInLimiter } from '../auth/signInLimiter';
import { assignTask, engineDeps, inTransaction, releaseTask, returnQuestion } from '../workflow';
import { changeOwnPassword as changePassword } from './ownPassword';
import type { MemberDeps } from './deps';
import { giveBackTasks as giveBack } from './giveBackTasks';
import * as members from './members';
import * as workRoles from './workRoles';

export {
  addMemberSchema,
  changeMemberSchema,
  changePasswordSchema,
  heldMemberSchema,
  memberSchema,
  namedRoleSchema,
  newRoleSchema,
  roleSchema,
} from './input';

const deps = (): MemberDeps => ({ sql: rawSql(), inTransaction });

type Input<Use extends (deps: MemberDeps, request: never) => unknown> = Parameters<Use>[1];

export async function addMember(request: Input<typeof members.addMember>) {
  const added = await members.addMember(deps(), request);
  await announce(request.tenant, added.userId);
  return added;
}

export async function changeMember(request: Input<typeof members.changeMember>) {
  await members.changeMember(deps(), request);
  await announce(request.tenant, request.userId);
}

export async function deactivateMember(request: Input<typeof members.deactivateMember>) {
  await members.deactivateMember(deps(), request);
  await announce(request.tenant, request.userId);
}

export async function reactivateMember(request: Input<typeof members.reactivateMember>) {
  await members.reactivateMember(deps(), request);
  await announce(request.tenant, request.userId);
}

export async function resetPassword(request: Input<typeof members.resetPassword>) {
  const reset = await members.resetPassword(deps(), request);
  await announce(request.tenant, request.userId);
  return reset;
}

/** See there. */
export async function giveBackTasks(request: Parameters<typeof giveBack>[1]) {
  return giveBack({ sql: rawSql(), releaseTask, assignTask, returnQuestion }, request);
}

const passwordLimiter = createSignInLimiter();

/** See there. Guessing is slowed down for each member by itself, in this process. */
export const changeOwnPassword = (request: Omit<Parameters<typeof changePassword>[1], 'nowMs'>) =>
  changePassword({ sql: rawSql(), limiter: passwordLimiter }, { ...request, nowMs: Date.now() });

export const addWorkRole = (request: Input<typeof workRoles.addWorkRole>) => workRoles.addWorkRole(deps(), request);
export const renameWorkRole = (request: Input<typeof workRoles.renameWorkRole>) =>
  workRoles.renameWorkRole(deps(), request);
export const removeWorkRole = (request: Input<typeof workRoles.removeWorkRole>) =>
  workRoles.removeWorkRole(deps(), request);

async function announce(tenant: string, userId: string): Promise<void> {
  const { live } = await engineDeps();
  await live.publish({ changes: [{ tenant, topic: 'member', id: userId }] });
}
