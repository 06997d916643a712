/** The members of a tenant: who they are, what they may do, and whether they may do anything at all. */
import { InvalidInputError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { normalizeEmail } from '../auth/accounts';
import { hashPassword } from '../auth/password';
import type { MemberDeps, MemberRequest } from './deps';
import { MemberConflictError } from './errors';
import { assertOtherAdministrator, lockMember, lockMembers } from './lockMember';
import { newPassword } from './newPassword';
import { consoleRoles, sharedWorkRoles } from './roles';

export interface NewMember {
  readonly tenant: string;
  readonly by: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
}

/**
 * Adds somebody to a tenant.
 * @returns the password that they sign in with: it is told once and cannot be read again.
 * @throws InvalidInputError when the address is taken, in whatever tenant, or a role does not exist.
 */
export async function addMember(
  deps: MemberDeps,
  { tenant, by, name, email, roles }: NewMember,
): Promise<{ readonly userId: string; readonly password: string }> {
  const userId = uuidv7();
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  await deps.inTransaction(async (tx) => {
    await lockMembers(tx, tenant);
    await assertKnownRoles(tx, { tenant, roles, held: [] });
    const added = await tx`
      INSERT INTO users (user_id, email, name, tenant_id, password_hash, changed_by)
      VALUES (${userId}, ${normalizeEmail(email)}, ${name}, ${tenant}, ${passwordHash}, ${by})
      ON CONFLICT (email) DO NOTHING RETURNING user_id`;
    if (added.length === 0) throw wrong('/email', 'Somebody has this address already. Use another one.');
    await tx`INSERT INTO user_roles (user_id, role) SELECT ${userId}, unnest(${[...roles]}::text[])`;
  });
  return { userId, password };
}

/**
 * Gives a member this name and exactly these roles. They count from the member's next request.
 * @throws MemberNotFoundError, MemberConflictError, LastAdministratorError, InvalidInputError for unknown roles.
 */
export async function changeMember(
  deps: MemberDeps,
  request: MemberRequest & { readonly name: string; readonly roles: readonly string[] },
): Promise<void> {
  const { tenant, by, userId, name, roles } = request;
  await deps.inTransaction(async (tx) => {
    const member = await lockMember(tx, request);
    await assertKnownRoles(tx, { tenant, roles, held: member.roles });
    const stepsDown = member.roles.includes('administrator') && !roles.includes('administrator');
    if (stepsDown && member.isActive) await assertOtherAdministrator(tx, request, member);
    await tx`DELETE FROM user_roles WHERE user_id = ${userId} AND role <> ALL(${[...roles]}::text[])`;
    await tx`
      INSERT INTO user_roles (user_id, role) SELECT ${userId}, unnest(${[...roles]}::text[]) ON CONFLICT DO NOTHING`;
    await tx`UPDATE users SET name = ${name}, version = version + 1, changed_by = ${by} WHERE user_id = ${userId}`;
  });
}

/**
 * Ends a member's sessions and tokens and lets nobody sign in as them; what they did stays theirs. Tasks that they hold
 * are another matter: see `giveBackTasks`.
 * @throws MemberNotFoundError, MemberConflictError (also when they are deactivated already), LastAdministratorError.
 */
export async function deactivateMember(deps: MemberDeps, request: MemberRequest): Promise<void> {
  await deps.inTransaction(async (tx) => {
    const member = await lockMember(tx, request);
    if (!member.isActive) throw new MemberConflictError(`${member.name} is deactivated already.`);
    if (member.roles.includes('administrator')) await assertOtherAdministrator(tx, request, member);
    await tx`
      UPDATE users SET deactivated_at = now(), session_epoch = session_epoch + 1, version = version + 1,
             changed_by = ${request.by}
      WHERE user_id = ${request.userId}`;
    await tx`UPDATE api_tokens SET revoked_at = now() WHERE user_id = ${request.userId} AND revoked_at IS NULL`;
  });
}

/**
 * Lets a deactivated member sign in again, with the roles and the password they had; sessions and tokens stay ended.
 * @throws MemberNotFoundError, MemberConflictError (also when they are active).
 */
export async function reactivateMember(deps: MemberDeps, request: MemberRequest): Promise<void> {
  await deps.inTransaction(async (tx) => {
    const member = await lockMember(tx, request);
    if (member.isActive) throw new MemberConflictError(`${member.name} is active already.`);
    await tx`
      UPDATE users SET deactivated_at = NULL, version = version + 1, changed_by = ${request.by}
      WHERE user_id = ${request.userId}`;
  });
}

/**
 * Gives a member a new password and ends their sessions, for one who lost it, or lost it to somebody.
 * @returns the password: it is told once and cannot be read again.
 * @throws MemberNotFoundError, MemberConflictError.
 */
export async function resetPassword(deps: MemberDeps, request: MemberRequest): Promise<{ readonly password: string }> {
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  await deps.inTransaction(async (tx) => {
    await lockMember(tx, request);
    await tx`
      UPDATE users SET password_hash = ${passwordHash}, session_epoch = session_epoch + 1, version = version + 1,
             changed_by = ${request.by}
      WHERE user_id = ${request.userId}`;
  });
  return { password };
}

/** A member keeps a role that the tenant no longer knows; nobody can be given one. */
async function assertKnownRoles(
  tx: postgres.Sql,
  {
    tenant,
    roles,
    held,
  }: { readonly tenant: string; readonly roles: readonly string[]; readonly held: readonly string[] },
): Promise<void> {
  const own = await tx<{ role: string }[]>`SELECT role FROM work_roles WHERE tenant_id = ${tenant}`;
  const known = new Set<string>([...consoleRoles, ...sharedWorkRoles, ...held, ...own.map(({ role }) => role)]);
  const unknown = roles.find((role) => !known.has(role));
  if (unknown !== undefined) throw wrong('/roles', `No role "${unknown}" exists here. Choose from the list.`);
}

function wrong(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, { fieldErrors: [{ path, message }] });
}
