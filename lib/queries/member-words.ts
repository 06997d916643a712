/** People by words of their names, for lists and choosers. */
import { and, ilike, or, sql, type SQL } from 'drizzle-orm';
import { isStorable } from '../actions/storable';
import { users } from '../db/schema';

/** More than anybody types. */
const maxWords = 8;

/** Those whose name or address has each of these words in it; without words everybody. */
export function hasWords(words: string | null): SQL | undefined {
  if (!isStorable(words)) return sql`false`;
  const all = (words ?? '').split(/\s+/).filter((word) => word !== '');
  return and(
    ...all.slice(0, maxWords).map((word) => {
      const pattern = `%${word.slice(0, 100).replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
      return or(ilike(users.name, pattern), ilike(users.email, pattern));
    }),
  );
}
