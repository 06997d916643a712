'use server';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { publicAction } from '@/lib/actions/serverAction';
import { endSession, startSession } from '@/lib/auth/startSession';

const email = z.string().trim().min(1, 'Enter your e-mail address.').max(320, 'This is no e-mail address.');
// A path of this site: an address from outside must not lead elsewhere.
const next = z
  .string()
  .max(2000)
  .regex(/^\/(?![/\\])/, 'Only a path of this site can be opened after signing in.')
  .optional();

/** Signs in by address and password, then opens `next` or the page where the person's day begins. */
export const signInAction = publicAction(
  {
    act: 'session.start',
    input: z.object({
      email,
      password: z.string().min(1, 'Enter your password.').max(1000, 'This password is too long.'),
      next,
    }),
  },
  async ({ input }) => {
    await startSession({ provider: 'password', email: input.email, password: input.password });
    redirect(input.next ?? '/');
  },
);

/** Signs in as one of the demo's people by address alone. Refused wherever the product is no demo. */
export const signInDemoAction = publicAction(
  { act: 'session.start', input: z.object({ email, next }) },
  async ({ input }) => {
    await startSession({ provider: 'demo', email: input.email });
    redirect(input.next ?? '/');
  },
);

/** Signs out and opens the sign-in page. */
export const signOutAction = publicAction({ act: 'session.end', input: z.unknown() }, async () => {
  await endSession();
  redirect('/sign-in');
});
