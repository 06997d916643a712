'use server';
import { serverAction } from '@/lib/actions/serverAction';
import {
  addMember,
  addMemberSchema,
  changeMember,
  changeMemberSchema,
  deactivateMember,
  giveBackTasks,
  heldMemberSchema,
  memberSchema,
  reactivateMember,
  resetPassword,
} from '@/lib/members';

/** Adds somebody to the caller's tenant; answers the password, once. */
export const addMemberAction = serverAction(
  { act: 'member.manage', input: addMemberSchema },
  async ({ session, tenant, input }) => {
    const { password } = await addMember({ tenant, by: session.userId, ...input });
    return { name: input.name, email: input.email, password };
  },
);

/** Gives a member a name and exactly these roles. */
export const changeMemberAction = serverAction(
  { act: 'member.manage', input: changeMemberSchema },
  async ({ session, tenant, input }) => changeMember({ tenant, by: session.userId, ...input }),
);

/** Ends a member's sessions and gives back the tasks that they hold; answers how many. */
export const deactivateMemberAction = serverAction(
  { act: 'member.manage', input: memberSchema },
  async ({ session, tenant, input }) => {
    await deactivateMember({ tenant, by: session.userId, ...input });
    const by = { tenant, userId: session.userId, roles: session.roles };
    return { givenBack: await giveBackTasks({ by, userId: input.userId }) };
  },
);

/** Gives back what a deactivated member still holds. */
export const giveBackTasksAction = serverAction(
  { act: 'member.manage', input: heldMemberSchema },
  async ({ session, tenant, input }) => {
    const by = { tenant, userId: session.userId, roles: session.roles };
    return { givenBack: await giveBackTasks({ by, ...input }) };
  },
);

export const reactivateMemberAction = serverAction(
  { act: 'member.manage', input: memberSchema },
  async ({ session, tenant, input }) => reactivateMember({ tenant, by: session.userId, ...input }),
);

/** Gives a member another password and ends their sessions; answers the password, once. */
export const resetPasswordAction = serverAction(
  { act: 'member.manage', input: memberSchema },
  async ({ session, tenant, input }) => resetPassword({ tenant, by: session.userId, ...input }),
);
