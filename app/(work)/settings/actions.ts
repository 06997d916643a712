'use server';
import { serverAction } from '@/lib/actions/serverAction';
import { renewSession } from '@/lib/auth/startSession';
import { mailPreferenceSchema, setMailPreference, setTimeZone, timeZoneSchema } from '@/lib/mail';
import { changeOwnPassword, changePasswordSchema } from '@/lib/members';

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

/** Changes the caller's password. Their other sessions end; this browser stays signed in, unless sign-in is refused. */
export const changePasswordAction = serverAction(
  { act: 'settings.change', input: changePasswordSchema },
  async ({ session, input }) => {
    await changeOwnPassword({ userId: session.userId, ...input });
    return { staysSignedIn: await renewSession({ email: session.email, password: input.newPassword }) };
  },
);
