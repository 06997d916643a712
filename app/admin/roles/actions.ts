'use server';
import { serverAction } from '@/lib/actions/serverAction';
import { addWorkRole, namedRoleSchema, newRoleSchema, removeWorkRole, renameWorkRole, roleSchema } from '@/lib/members';

/** Adds a work role to the caller's tenant. */
export const addRoleAction = serverAction({ act: 'member.manage', input: newRoleSchema }, async ({ tenant, input }) =>
  addWorkRole({ tenant, ...input }),
);

/** Calls a work role something else; its key stays. */
export const renameRoleAction = serverAction(
  { act: 'member.manage', input: namedRoleSchema },
  async ({ tenant, input }) => renameWorkRole({ tenant, ...input }),
);

/** Takes away a work role that nobody has and nothing is for. */
export const removeRoleAction = serverAction({ act: 'member.manage', input: roleSchema }, async ({ tenant, input }) =>
  removeWorkRole({ tenant, ...input }),
);
