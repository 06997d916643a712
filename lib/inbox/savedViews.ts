/** Views of the inbox that people name for themselves. */
import { InvalidInputError } from '@shared/workflow/model/errors';
import type postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { filterOf, filterParams, type FilterParam } from '../queries/task-filter';
import { inboxViews, type InboxView } from '../queries/inbox-views';

/** More than anybody keeps in sight. */
const mostViews = 50;

/** What a view shows, as an address says it: what is not known is left out, and the same view is the same text. */
export function queryOfView({
  view,
  params,
}: {
  readonly view: InboxView;
  readonly params: Readonly<Partial<Record<FilterParam, unknown>>>;
}): string {
  const { words, taskType, priority, due, workflow } = filterOf(params);
  const known: Record<FilterParam, string | null> = { q: words, type: taskType, priority, due, workflow };
  const query = new URLSearchParams({ view });
  for (const name of filterParams) {
    const value = known[name];
    if (value !== null) query.set(name, value);
  }
  return query.toString();
}

const text = z.string().max(200).optional();
/** A view of the inbox with what narrows it, as its address has it. */
export const askedViewSchema = z.object({
  view: z.enum(inboxViews, { error: 'There is no such view.' }),
  q: text,
  type: text,
  priority: text,
  due: text,
  workflow: text,
});

export const savedViewSchema = askedViewSchema.extend({
  name: z
    .string({ error: 'Give it a name.' })
    .trim()
    .min(1, 'Give it a name.')
    .max(60, 'Use 60 characters at most.')
    .regex(/^[^\u0000-\u001f]*$/, 'Use letters, digits and signs.'),
});

interface Owner {
  readonly sql: postgres.Sql;
  readonly tenant: string;
  readonly userId: string;
}

/**
 * Keeps a view. A name that the person has already stands for this view from now on.
 * @throws InvalidInputError when they have too many.
 */
export async function saveView({
  sql,
  tenant,
  userId,
  name,
  query,
}: Owner & { readonly name: string; readonly query: string }): Promise<void> {
  const rows = await sql`
    INSERT INTO inbox_saved_views (view_id, tenant_id, user_id, name, query)
    SELECT ${uuidv7()}, ${tenant}, ${userId}, ${name}, ${query}
    WHERE (SELECT count(*) FROM inbox_saved_views
           WHERE tenant_id = ${tenant} AND user_id = ${userId} AND name <> ${name}) < ${mostViews}
    ON CONFLICT (tenant_id, user_id, name) DO UPDATE SET query = excluded.query
    RETURNING view_id`;
  if (rows.length === 0) throw new InvalidInputError(`You keep ${mostViews} views. Remove one first.`);
}

/** Forgets a view, if there is one of this name. */
export async function removeView({ sql, tenant, userId, name }: Owner & { readonly name: string }): Promise<void> {
  await sql`DELETE FROM inbox_saved_views WHERE tenant_id = ${tenant} AND user_id = ${userId} AND name = ${name}`;
}
