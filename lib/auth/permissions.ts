/**
 * Who may do what: the one table that pages, server actions and API routes are judged by. Whether somebody may decide
 * one particular task (candidates, four eyes) is the task's own matter and checked besides, in its use-case.
 */
import type { Session } from './session';

/**
 * Who an act is open to:
 * - `anyone`: no session is needed;
 * - `signedIn`: everybody with a session, platform operators too;
 * - `member`: everybody who belongs to a tenant;
 * - a role: its holders within their tenant, and for a console permission also the holders of a higher one;
 * - `platform_operator`: the holders of that role who belong to no tenant.
 */
export type Grantee = 'anyone' | 'signedIn' | 'member' | Role;

/** Work roles decide tasks; further ones (finance...) may be given, they are candidates and `member`. */
type WorkRole = 'requester' | 'manager';
/** Console permissions, lowest first: each includes those before it. */
const consoleRoles = ['viewer', 'operator', 'administrator'] as const;
const platformRole = 'platform_operator';

export type Role = WorkRole | (typeof consoleRoles)[number] | typeof platformRole;

/** Act by act, who may. */
export const permissions = {
  'session.start': ['anyone'],
  'session.end': ['anyone'],
  /** Read what the API can do. */
  'api.describe': ['anyone'],
  'live.read': ['signedIn'],

  'invoice.create': ['requester', 'manager', 'administrator'],
  'invoice.read': ['member'],
  /** Send approved invoices to accounting. */
  'invoice.book': ['manager', 'administrator'],

  'task.read': ['member'],
  'task.decide': ['member'],
  /** See tasks of others, for whom one is no candidate. */
  'task.readAll': ['viewer'],
  /** Give tasks to others, whoever holds them. */
  'task.assign': ['administrator'],

  'execution.read': ['viewer'],
  /** Cancel, terminate, pause, resume and retry executions. */
  'execution.operate': ['operator'],
  'event.submit': ['operator'],
  /** Let something go on that was put aside. */
  'deadLetter.redrive': ['operator'],
  'attachment.read': ['viewer'],
  'attachment.manage': ['administrator'],

  /** Read task definitions and forms: the tenant's own and those of the system. */
  'definition.read': ['viewer', platformRole],
  /** Write the tenant's own. */
  'definition.manage': ['administrator'],
  'member.read': ['viewer'],
  /** Add members, give and take roles, deactivate; add and rename work roles. */
  'member.manage': ['administrator'],
  /** One's own: which mails one gets, and in which time zone they speak. */
  'settings.change': ['member'],

  'platform.read': [platformRole],
  /** Write task definitions and forms of the system, which all tenants share. */
  'platform.define': [platformRole],
} as const satisfies Record<string, readonly Grantee[]>;

export type Act = keyof typeof permissions;

/** Whether a session (or its absence) may do an act. */
export function can(session: Session | null, act: Act): boolean {
  const grantees: readonly Grantee[] = permissions[act];
  return grantees.some((grantee) => isGranted(session, grantee));
}

function isGranted(session: Session | null, grantee: Grantee): boolean {
  if (grantee === 'anyone') return true;
  if (session === null) return false;
  switch (grantee) {
    case 'signedIn':
      return true;
    case 'member':
      return session.tenant !== null;
    case 'platform_operator':
      return session.tenant === null && session.roles.includes(platformRole);
    case 'requester':
    case 'manager':
      return session.tenant !== null && session.roles.includes(grantee);
    case 'viewer':
    case 'operator':
    case 'administrator':
      return session.tenant !== null && consoleRank(session.roles) >= consoleRoles.indexOf(grantee);
  }
}

/** Position of the highest console permission among roles, -1 for none. */
function consoleRank(roles: readonly string[]): number {
  return consoleRoles.findLastIndex((role) => roles.includes(role));
}
