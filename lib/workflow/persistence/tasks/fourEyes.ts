import type { Sql } from 'postgres';

/** Four eyes: nobody decides or gets a task (`k`) that they must not decide, whoever hands it to them. */
export const isSecondPerson = (sql: Sql, userId: string) => sql`NOT (${userId} = ANY(k.excluded_users))`;
