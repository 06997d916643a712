import type { Sql } from 'postgres';
import type { PeopleDirectory } from '../../model/ports/taskStore';

/** The people of a tenant, as tasks are handed to them. */
export function createPeopleDirectory({ sql }: { readonly sql: Sql }): PeopleDirectory {
  return {
    find: async ({ tenant, userId }) => {
      const [person] = await sql<{ name: string }[]>`
        SELECT name FROM users
        WHERE tenant_id = ${tenant} AND user_id = ${userId} AND deactivated_at IS NULL`;
      return person ?? null;
    },
  };
}
