/** Signing out in this tab: nothing that was typed in it stays behind for whoever uses it next. */
import { forgetOthers } from '@/components/task/typed-here';

/** Ends the session, then forgets what was typed. Where the server cannot be reached the person is still signed in, and
 * what they typed stays. */
export async function signOutHere(signOut: () => Promise<unknown>): Promise<void> {
  try {
    await signOut();
  } catch (error) {
    // An action that leads to another page answers by throwing.
    if (leadsElsewhere(error)) forgetOthers('');
    throw error;
  }
  forgetOthers('');
}

function leadsElsewhere(error: unknown): boolean {
  if (!(error instanceof Error) || !('digest' in error)) return false;
  return typeof error.digest === 'string' && error.digest.startsWith('NEXT_REDIRECT');
}
