/** Work roles of a tenant: their keys are given once, their names may change. */
import { InvalidInputError } from '@shared/workflow/model/errors';
import type { MemberDeps } from './deps';
import { RoleInUseError, RoleNotFoundError } from './errors';
import { lockMembers } from './lockMember';
import { isConsoleRole, isFreeRoleKey, roleNameOf, sharedWorkRoles } from './roles';

interface RoleRequest {
  readonly tenant: string;
  readonly role: string;
}

/**
 * Adds a work role. Workflows name it by its key, such as `finance`.
 * @throws InvalidInputError when the key cannot be one, or key or name are taken.
 */
export async function addWorkRole(
  deps: MemberDeps,
  { tenant, role, name }: RoleRequest & { readonly name: string },
): Promise<void> {
  if (!isFreeRoleKey(role)) {
    throw wrong('/role', 'Use small letters, digits, - and _ for a key, such as finance; console roles are taken.');
  }
  await deps.inTransaction(async (tx) => {
    await lockMembers(tx, tenant);
    await assertNameIsFree(tx, { tenant, role, name });
    const added = (sharedWorkRoles as readonly string[]).includes(role)
      ? []
      : await tx`
          INSERT INTO work_roles (tenant_id, role, name) VALUES (${tenant}, ${role}, ${name})
          ON CONFLICT (tenant_id, role) DO NOTHING RETURNING role`;
    if (added.length === 0) throw wrong('/role', `The role "${role}" exists already.`);
  });
}

/**
 * Calls a work role something else. Its key stays, and with it who has it, which tasks are for it and what workflows say.
 * @throws RoleNotFoundError, InvalidInputError when the name is another role's.
 */
export async function renameWorkRole(
  deps: MemberDeps,
  { tenant, role, name }: RoleRequest & { readonly name: string },
): Promise<void> {
  await deps.inTransaction(async (tx) => {
    await lockMembers(tx, tenant);
    const isShared = (sharedWorkRoles as readonly string[]).includes(role);
    const known =
      isShared ||
      (
        await tx`
      SELECT 1 FROM work_roles WHERE tenant_id = ${tenant} AND role = ${role}
      UNION ALL
      SELECT 1 FROM user_roles r JOIN users u ON u.user_id = r.user_id
      WHERE u.tenant_id = ${tenant} AND r.role = ${role}
      LIMIT 1`
      ).length > 0;
    if (!known || isConsoleRole(role)) throw new RoleNotFoundError(role);
    await assertNameIsFree(tx, { tenant, role, name });
    await tx`
      INSERT INTO work_roles (tenant_id, role, name) VALUES (${tenant}, ${role}, ${name})
      ON CONFLICT (tenant_id, role) DO UPDATE SET name = excluded.name`;
  });
}

/**
 * Takes a work role of the tenant's own away.
 * @throws RoleNotFoundError, RoleInUseError while a member has it or an open task is for it.
 */
export async function removeWorkRole(deps: MemberDeps, { tenant, role }: RoleRequest): Promise<void> {
  if ((sharedWorkRoles as readonly string[]).includes(role)) {
    throw new RoleInUseError('Every tenant has this role. Rename it if it is called something else here.');
  }
  await deps.inTransaction(async (tx) => {
    await lockMembers(tx, tenant);
    const [use] = await tx<{ members: number; tasks: number }[]>`
      SELECT (SELECT count(*)::int FROM user_roles r JOIN users u ON u.user_id = r.user_id
              WHERE u.tenant_id = ${tenant} AND r.role = ${role}) AS members,
             (SELECT count(*)::int FROM workflow_tasks k WHERE k.tenant_id = ${tenant}
                AND k.status IN ('pending', 'claimed') AND k.candidate_roles && ARRAY[${role}::text]) AS tasks`;
    const { members = 0, tasks = 0 } = use ?? {};
    if (members + tasks > 0) {
      throw new RoleInUseError(
        `It is in use: ${counted(members, 'member has it', 'members have it')} and ${counted(tasks, 'open task is for it', 'open tasks are for it')}.`,
      );
    }
    const removed = await tx`DELETE FROM work_roles WHERE tenant_id = ${tenant} AND role = ${role} RETURNING role`;
    if (removed.length === 0) throw new RoleNotFoundError(role);
  });
}

async function assertNameIsFree(
  tx: Parameters<Parameters<MemberDeps['inTransaction']>[0]>[0],
  { tenant, role, name }: RoleRequest & { readonly name: string },
): Promise<void> {
  const named = await tx<
    { role: string; name: string }[]
  >`SELECT role, name FROM work_roles WHERE tenant_id = ${tenant}`;
  const names = new Map<string, string>(sharedWorkRoles.map((shared) => [shared, roleNameOf(shared, null)]));
  for (const row of named) names.set(row.role, row.name);
  const isTaken = [...names].some(([other, taken]) => other !== role && taken.toLowerCase() === name.toLowerCase());
  if (isTaken) throw wrong('/name', `Another role is called "${name}" already.`);
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function wrong(path: string, message: string): InvalidInputError {
  return new InvalidInputError(message, { fieldErrors: [{ path, message }] });
}
