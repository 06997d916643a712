/** What a person chose for themselves. */
import { eq } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { mailPreferences, users } from '../db/schema';
import { type MailKind, mailKinds, mailKindWords } from '../mail/kinds';

export interface Settings {
  readonly email: string;
  /** False for those of the demo, who sign in without. */
  readonly hasPassword: boolean;
  readonly mails: readonly {
    readonly kind: MailKind;
    readonly title: string;
    readonly help: string;
    readonly isOn: boolean;
  }[];
  /** In which mails tell times. */
  readonly timeZone: string;
  readonly timeZones: readonly string[];
}

/** The settings of somebody who is signed in. */
export async function readSettings(userId: string): Promise<Settings> {
  const db = pageDb();
  const [[person], rows] = await Promise.all([
    db
      .select({ email: users.email, timeZone: users.timeZone, passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.userId, userId)),
    db.select().from(mailPreferences).where(eq(mailPreferences.userId, userId)),
  ]);
  return {
    email: person?.email ?? '',
    hasPassword: typeof person?.passwordHash === 'string',
    mails: mailKinds.map((kind) => ({
      kind,
      ...mailKindWords[kind],
      isOn: rows.find((row) => row.kind === kind)?.isOn ?? true,
    })),
    timeZone: person?.timeZone ?? 'UTC',
    timeZones: ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')],
  };
}
