import { can, type Session } from '@/lib/auth';

const watchers: readonly string[] = ['viewer', 'operator'];

/** Where somebody's day begins; null for an account that may open nothing. */
export function homeOf(session: Session): string | null {
  if (session.tenant === null) return can(session, 'platform.read') ? '/admin/health' : null;
  if (session.roles.some((role) => role !== 'requester' && !watchers.includes(role))) return '/inbox';
  if (session.roles.includes('requester')) return '/invoices';
  return can(session, 'execution.read') ? '/admin/executions' : '/inbox';
}
