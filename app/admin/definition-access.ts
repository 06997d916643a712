import { forbidden, notFound } from 'next/navigation';
import { can, requirePermission, type Session } from '@/lib/auth';
import { scopeOf, type Scope } from '@/lib/queries/taskDefinitions';

/** A reader of task definitions and forms, and what they may write. */
export interface DefinitionReader {
  readonly session: Session;
  /** null: the platform. */
  readonly tenant: string | null;
  readonly mayManageOwn: boolean;
  readonly mayManageSystem: boolean;
}

/** Whoever may read definitions: the console of a tenant, and the platform. */
export async function requireDefinitionReader(from: string): Promise<DefinitionReader> {
  const session = await requirePermission('definition.read', { from });
  return {
    session,
    tenant: session.tenant,
    mayManageOwn: can(session, 'definition.manage'),
    mayManageSystem: can(session, 'platform.define'),
  };
}

export const mayManage = (reader: DefinitionReader, scope: Scope): boolean =>
  scope === 'own' ? reader.mayManageOwn : reader.mayManageSystem;

/** The same for whoever may write those of a scope; others get the 403 page. */
export async function requireDefinitionWriter(scope: Scope, from: string): Promise<DefinitionReader> {
  const reader = await requireDefinitionReader(from);
  if (!mayManage(reader, scope)) forbidden();
  return reader;
}

/** The scope that an address names; anything else is no address. */
export function requireScope(text: string): Scope {
  return scopeOf(text) ?? notFound();
}
