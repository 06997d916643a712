import type { Sql } from 'postgres';

/** A number in Postgres that moves with every change that a page may show: the stand-in for pub/sub. */
export interface ChangeCounter {
  bump(): Promise<void>;
  /** Equal texts mean that nothing was announced in between. */
  read(): Promise<string>;
}

/** A sequence: it takes no lock, belongs to no transaction, and so costs writers nothing. */
export function createChangeCounter({ sql }: { readonly sql: Sql }): ChangeCounter {
  return {
    bump: async () => {
      await sql`select nextval('workflow_change_counter')`;
    },
    read: async () => {
      const [row] = await sql<{ value: string }[]>`
        select last_value::text || is_called::text as value from workflow_change_counter
      `;
      return row?.value ?? '';
    },
  };
}
