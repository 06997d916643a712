import type postgres from 'postgres';

/** How to speak of somebody in an error: by name, and by nobody's where it is unknown. */
export async function nameOf(sql: postgres.Sql | postgres.TransactionSql, userId: string | null): Promise<string> {
  if (userId === null) return 'Somebody';
  const [row] = await sql<{ name: string }[]>`SELECT name FROM users WHERE user_id = ${userId}`;
  return row?.name ?? 'Somebody';
}
