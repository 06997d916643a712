'use server';
import { serverAction } from '@/lib/actions/serverAction';
import { mailPreferenceSchema, setMailPreference, setTimeZone, timeZoneSchema } from '@/lib/mail';

/** Which mails the caller wants. */
export const setMailPreferenceAction = serverAction(
  { act: 'settings.change', input: mailPreferenceSchema },
  async ({ session, input }) => setMailPreference({ userId: session.userId, ...input }),
);

/** In which time zone the caller's mails tell times. */
export const setTimeZoneAction = serverAction(
  { act: 'settings.change', input: timeZoneSchema },
  async ({ session, input }) => setTimeZone({ userId: session.userId, ...input }),
);
