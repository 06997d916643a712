/** Inputs on tasks, shared by server actions and the API. */
import { isStorableInstant } from '@shared/workflow/model/durations';
import { TaskNotFoundError } from '@shared/workflow/model/errors';
import type { JsonObject } from '@shared/workflow/model/json';
import { z } from 'zod';
import { cleanJson, isJsonObject } from '../forms/json';
import { isStorable, notStorable } from './storable';

const answers = z
  .custom<Readonly<Record<string, unknown>>>(isJsonObject, { error: 'Send the answers as an object.' })
  .meta({ type: 'object', description: 'The fields of the form by their names.' })
  .refine(isStorable, notStorable)
  // A form leaves members of empty fields undefined; what is left is JSON.
  .transform((data) => cleanJson(data) as JsonObject);

/** What somebody typed so far. */
export const draftSchema = z.object({ data: answers });

/** What somebody answers. `data` is checked against the task's own form by the use-case. */
export const answerSchema = z.object({
  /** The chosen button's value; null for a form without outcomes. */
  outcome: z
    .string({ error: 'The outcome must be text.' })
    .min(1, 'The outcome must not be empty.')
    .max(200, 'This outcome is too long.')
    .nullable()
    .default(null),
  data: answers.default({}),
  /** The version that was shown; a task changed since is not completed. */
  expectedVersion: z.int({ error: 'The version is a whole number.' }).min(1).optional(),
});

const text = (what: string) =>
  z
    .string({ error: `${what} must be text.` })
    .max(10_000, `${what} must have 10,000 characters at most.`)
    .refine(isStorable, notStorable);

/** Texts that people write about a task. Whether one may be empty is the use-case's matter. */
export const textSchema = z.object({ text: text('The text') });
export const reasonSchema = z.object({ reason: text('The reason') });
export const noteSchema = z.object({ note: text('The note').nullish() });

/** Who gets a task, or is asked: the id of somebody. */
const to = z
  .string({ error: 'Name who gets it.' })
  .min(1, 'Name who gets it.')
  .max(200)
  .refine(isStorable, notStorable);
export const handoverSchema = noteSchema.extend({ to });
export const questionSchema = textSchema.extend({ to });

/** Tasks that the same act is done to. The ids are looked up one by one: those that are none are refused by themselves. */
export const manyTasksSchema = z.object({
  taskIds: z
    .array(z.string().max(100, 'This is no id of a task.'), { error: 'Name the tasks by their ids.' })
    .min(1, 'Name at least one task.')
    .max(200, 'Name 200 tasks at most.'),
});

/** What is taken back: the version that the change made. */
const version = z.int({ error: 'The version is a whole number.' }).min(1);
export const undoSchema = z.object({ version });
export const manyUndosSchema = z.object({
  changes: z
    .array(z.object({ taskId: manyTasksSchema.shape.taskIds.element, version }))
    .min(1, 'Name at least one task.')
    .max(200, 'Name 200 tasks at most.'),
});

const instant = z.iso
  .datetime({ offset: true, error: 'Give a date and time such as 2026-12-01T09:00:00Z.' })
  .transform((iso) => Date.parse(iso))
  .refine(isStorableInstant, 'Give a date in the years 1000 to 9999.')
  .nullable();

/** What is left out stays; null takes a date away. */
export const planSchema = z
  .strictObject({
    priority: z.enum(['low', 'normal', 'high', 'urgent'], { error: 'Use low, normal, high or urgent.' }).optional(),
    dueAt: instant.optional(),
    followUpAt: instant.optional(),
  })
  .transform(({ priority, dueAt, followUpAt }) => ({
    ...(priority === undefined ? {} : { priority }),
    ...(dueAt === undefined ? {} : { dueAtMs: dueAt }),
    ...(followUpAt === undefined ? {} : { followUpAtMs: followUpAt }),
  }));

const uuid = z.guid();

/**
 * The id of a task as given in an address or a body.
 * @throws TaskNotFoundError for what cannot be an id.
 */
export function parseTaskId(taskId: string): string {
  if (!uuid.safeParse(taskId).success) throw new TaskNotFoundError(taskId);
  return taskId;
}
