/** What every change of a member begins with. */
import type postgres from 'postgres';
import type { MemberRequest, MemberRow } from './deps';
import { LastAdministratorError, MemberConflictError, MemberNotFoundError } from './errors';

/**
 * Locks the tenant's members against changes by others, until the transaction ends, and reads one as it is then. One
 * change at a time: two administrators who remove each other at once would leave nobody.
 * @throws MemberNotFoundError, MemberConflictError when it changed since the administrator looked.
 */
export async function lockMember(tx: postgres.Sql, request: MemberRequest): Promise<MemberRow> {
  const { tenant, userId, version } = request;
  await lockMembers(tx, tenant);
  const [row] = await tx<
    {
      name: string;
      version: number;
      is_active: boolean;
      roles: string[];
      changed_by: string | null;
      changed_by_name: string | null;
    }[]
  >`
    SELECT u.name, u.version, u.deactivated_at IS NULL AS is_active, u.changed_by, c.name AS changed_by_name,
           ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.user_id ORDER BY r.role) AS roles
    FROM users u LEFT JOIN users c ON c.user_id = u.changed_by
    WHERE u.tenant_id = ${tenant} AND u.user_id = ${userId}`;
  if (!row) throw new MemberNotFoundError();
  if (row.version !== version) {
    const who = row.changed_by === request.by ? 'You, in another window,' : (row.changed_by_name ?? 'Somebody');
    throw new MemberConflictError(
      `${who} changed ${row.name} since you opened this page. Nothing was overwritten: look at how it is now and repeat what you wanted.`,
    );
  }
  return { name: row.name, version: row.version, isActive: row.is_active, roles: row.roles };
}

export async function lockMembers(tx: postgres.Sql, tenant: string): Promise<void> {
  await tx`SELECT 1 FROM tenants WHERE tenant_id = ${tenant} FOR UPDATE`;
}

/** @throws LastAdministratorError when nobody else could manage the tenant. Only behind the lock this means something. */
export async function assertOtherAdministrator(
  tx: postgres.Sql,
  { tenant, userId }: MemberRequest,
  member: MemberRow,
): Promise<void> {
  const others = await tx`
    SELECT 1 FROM users u JOIN user_roles r ON r.user_id = u.user_id AND r.role = 'administrator'
    WHERE u.tenant_id = ${tenant} AND u.user_id <> ${userId} AND u.deactivated_at IS NULL LIMIT 1`;
  if (others.length === 0) throw new LastAdministratorError(member.name);
}
