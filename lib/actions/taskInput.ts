/** Inputs on tasks, shared by server actions and the API. */
import { TaskNotFoundError } from '@shared/workflow/model/errors';
import type { JsonObject } from '@shared/workflow/model/json';
import { z } from 'zod';
import { cleanJson, isJsonObject } from '../forms/json';
import { isStorable, notStorable } from './storable';

/** What somebody answers. `data` is checked against the task's own form by the use-case. */
export const answerSchema = z.object({
  /** The chosen button's value; null for a form without outcomes. */
  outcome: z
    .string({ error: 'The outcome must be text.' })
    .min(1, 'The outcome must not be empty.')
    .max(200, 'This outcome is too long.')
    .nullable()
    .default(null),
  data: z
    .custom<Readonly<Record<string, unknown>>>(isJsonObject, { error: 'Send the answers as an object.' })
    .refine(isStorable, notStorable)
    .default({})
    // A form leaves members of empty fields undefined; what is left is JSON.
    .transform((data) => cleanJson(data) as JsonObject),
  /** The version that was shown; a task changed since is not completed. */
  expectedVersion: z.int({ error: 'The version is a whole number.' }).min(1).optional(),
});

const uuid = z.guid();

/**
 * The id of a task as given in an address or a body.
 * @throws TaskNotFoundError for what cannot be an id.
 */
export function parseTaskId(taskId: string): string {
  if (!uuid.safeParse(taskId).success) throw new TaskNotFoundError(taskId);
  return taskId;
}
