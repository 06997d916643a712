/** What a page asks for before it loads anything. Server actions and API routes use the wrappers of `lib/actions`. */
import { forbidden, redirect } from 'next/navigation';
import { getSession } from './getSession';
import { type Act, can } from './permissions';
import type { Session } from './session';

/** The session, else the visitor goes to the sign-in page (and returns to `from`, a path, after it). */
export async function requireSession({ from }: { readonly from?: string } = {}): Promise<Session> {
  const session = await getSession();
  if (session === null) redirect(from === undefined ? '/sign-in' : `/sign-in?next=${encodeURIComponent(from)}`);
  return session;
}

/** The session of somebody who may do `act`; others get the 403 page. */
export async function requirePermission(act: Act, { from }: { readonly from?: string } = {}): Promise<Session> {
  const session = await requireSession({ from });
  if (!can(session, act)) forbidden();
  return session;
}

/** The same for pages of one tenant's data: the tenant is there. */
export async function requireTenantPermission(
  act: Act,
  options: { readonly from?: string } = {},
): Promise<Session & { readonly tenant: string }> {
  const session = await requirePermission(act, options);
  const { tenant } = session;
  if (tenant === null) forbidden();
  return { ...session, tenant };
}
