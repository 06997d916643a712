/** Which mails people want, and in which time zone mails tell them times. */
import type postgres from 'postgres';
import { z } from 'zod';
import { mailKinds, type MailKind } from './kinds';

export const mailPreferenceSchema = z.object({
  kind: z.enum(mailKinds, 'There is no such kind of mail.'),
  isOn: z.boolean(),
});

const zones: ReadonlySet<string> = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

export const timeZoneSchema = z.object({
  timeZone: z.string().refine((zone) => zones.has(zone), 'Choose a time zone from the list.'),
});

/** Counts for mails that are not sent yet, too. */
export async function setMailPreference(
  sql: postgres.Sql,
  { userId, kind, isOn }: { readonly userId: string; readonly kind: MailKind; readonly isOn: boolean },
): Promise<void> {
  await sql`
    INSERT INTO mail_preferences (user_id, kind, is_on) VALUES (${userId}, ${kind}, ${isOn})
    ON CONFLICT (user_id, kind) DO UPDATE SET is_on = excluded.is_on`;
}

/** @param request.timeZone as IANA names it. */
export async function setTimeZone(
  sql: postgres.Sql,
  { userId, timeZone }: { readonly userId: string; readonly timeZone: string },
): Promise<void> {
  await sql`UPDATE users SET time_zone = ${timeZone} WHERE user_id = ${userId}`;
}
