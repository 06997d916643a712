import { cache } from 'react';
import type { ShellPerson } from '@/components/shell/work-shell';
import { can, type Session } from '@/lib/auth';
import { tenantName } from '@/lib/queries/people';

/** What the shells show of the person who is signed in. */
export const shellPerson = cache(async (session: Session): Promise<ShellPerson> => {
  const tenantConsole = can(session, 'execution.read');
  return {
    name: session.name,
    email: session.email,
    place: session.tenant === null ? 'All tenants' : await tenantName(session.tenant),
    sees: {
      work: session.tenant !== null,
      newInvoice: can(session, 'invoice.create'),
      console: tenantConsole || can(session, 'platform.read'),
      consoleHref: tenantConsole ? '/admin/executions' : '/admin/health',
    },
    parts: {
      executions: tenantConsole,
      attachments: can(session, 'attachment.read'),
      definitions: can(session, 'definition.read'),
      members: can(session, 'member.read'),
      health: tenantConsole || can(session, 'platform.read'),
    },
  };
});
