import { isInsideWebServer } from '../env';
import type { Session } from './session';

/**
 * The session of the request that is being answered, or null where there is none: outside the web server always. What
 * knows requests is loaded only there, so that workers and scripts can import this module.
 */
export async function currentSession(): Promise<Session | null> {
  if (!isInsideWebServer()) return null;
  const { getSession } = await import('./getSession');
  return getSession();
}
