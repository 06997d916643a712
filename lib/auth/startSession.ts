/** Starts and ends the session of a browser. For server actions only: both write cookies. */
import { NotSignedInError, PermissionDeniedError } from '@shared/workflow/model/errors';
import { env } from '../env';
import { signIn, SignInRefused, signOut } from './nextAuth';

type Credentials =
  | { readonly provider: 'password'; readonly email: string; readonly password: string }
  | { readonly provider: 'demo'; readonly email: string };

/**
 * Signs the browser in.
 * @throws NotSignedInError when the credentials are refused; which part was wrong is not told.
 * @throws PermissionDeniedError for sign-in without a password where the product is no demo.
 */
export async function startSession({ provider, ...credentials }: Credentials): Promise<void> {
  if (provider === 'demo' && !env().isDemo) {
    throw new PermissionDeniedError('This is no demo: sign in with your password.');
  }
  try {
    await signIn(provider, { ...credentials, redirect: false });
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    throw new NotSignedInError(refusal(error), { cause: error });
  }
}

/**
 * Begins the session of this browser anew, where its password changed.
 * @returns false where that is refused, for example after too many failures of others: then the session has ended.
 */
export async function renewSession(credentials: {
  readonly email: string;
  readonly password: string;
}): Promise<boolean> {
  try {
    await startSession({ provider: 'password', ...credentials });
    return true;
  } catch (error) {
    if (error instanceof NotSignedInError) return false;
    throw error;
  }
}

function refusal({ outcome }: SignInRefused): string {
  if (outcome.kind === 'refused') return 'The address or the password is wrong. Check both and try again.';
  const minutes = Math.ceil(outcome.waitMs / 60_000);
  return `Too many failed sign-ins for this address. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`;
}

/** Signs the browser out. Without a session it does nothing. */
export async function endSession(): Promise<void> {
  await signOut({ redirect: false });
}
