'use server';
import { platformAction, serverAction } from '@/lib/actions/serverAction';
import { createDefinition, createDefinitionSchema, updateDefinition, updateDefinitionSchema } from '@/lib/definitions';

/** Makes a task definition of the caller's tenant. */
export const createDefinitionAction = serverAction(
  { act: 'definition.manage', input: createDefinitionSchema },
  async ({ session: { userId }, tenant, input: { taskType, ...definition } }) => {
    await createDefinition({ tenant, userId, taskType, definition });
    return { taskType };
  },
);

/** Changes one; its tasks that exist stay as they are. */
export const updateDefinitionAction = serverAction(
  { act: 'definition.manage', input: updateDefinitionSchema },
  async ({ session: { userId }, tenant, input: { taskType, expectedRevision, ...definition } }) => {
    await updateDefinition({ tenant, userId, taskType, expectedRevision, definition });
    return { taskType };
  },
);

/** Makes a task definition of the system. */
export const createSystemDefinitionAction = platformAction(
  { act: 'platform.define', input: createDefinitionSchema },
  async ({ session: { userId }, input: { taskType, ...definition } }) => {
    await createDefinition({ tenant: null, userId, taskType, definition });
    return { taskType };
  },
);

/** Changes one of the system. */
export const updateSystemDefinitionAction = platformAction(
  { act: 'platform.define', input: updateDefinitionSchema },
  async ({ session: { userId }, input: { taskType, expectedRevision, ...definition } }) => {
    await updateDefinition({ tenant: null, userId, taskType, expectedRevision, definition });
    return { taskType };
  },
);
