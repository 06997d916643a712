/** The door to authentication and permissions for pages and server actions. */
export { getSession } from './getSession';
export { requirePermission, requireSession, requireTenantPermission } from './guards';
export { can } from './permissions';
export type { Session } from './session';
