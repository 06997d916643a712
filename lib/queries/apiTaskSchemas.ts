/** What the task part of the API answers with. The answers have these types, and the description is made of them. */
import type { JsonObject, JsonValue } from '@shared/workflow/model/json';
import { taskStatuses } from '@shared/workflow/model/status';
import { z } from 'zod';
import type { Outcome } from '../forms/types';
import { taskPriorities } from './task-filter';

const instant = z.iso.datetime();
const people = z.array(z.string()).readonly();
const json = z.custom<JsonValue>().meta({ description: 'Any JSON.' });
const jsonObject = z.custom<JsonObject>().meta({ type: 'object' });

export const apiTaskSchema = z
  .strictObject({
    taskId: z.guid(),
    taskType: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    status: z.enum(taskStatuses),
    priority: z.enum(taskPriorities),
    executionId: z.guid(),
    subject: z.string().nullable(),
    fingerprint: z
      .string()
      .nullable()
      .describe('Open tasks with the same one end together, whichever of them is answered.'),
    candidateRoles: people,
    candidateUsers: people,
    assignee: z.string().nullable(),
    owner: z.string().nullable().describe('Who decides while the assignee works on it for them.'),
    question: z.strictObject({ to: z.string(), by: z.string(), text: z.string() }).readonly().nullable(),
    requestedBy: z.string().nullable(),
    outcome: z.string().nullable(),
    output: json.nullable(),
    endedBy: z.string().nullable(),
    version: z.int().describe('Send it back as `expectedVersion` to answer only what was read.'),
    createdAt: instant,
    dueAt: instant.nullable(),
    followUpAt: instant.nullable(),
    expiresAt: instant.nullable(),
    claimedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .readonly();

export const apiTaskWithFormSchema = apiTaskSchema
  .unwrap()
  .extend({
    activity: z
      .array(
        z
          .strictObject({
            kind: z.string(),
            actorName: z.string().nullable().describe('null: the software did it.'),
            toName: z.string().nullable(),
            text: z.string().nullable(),
            at: instant,
          })
          .readonly(),
      )
      .readonly()
      .describe('What people did to it, oldest first.'),
    form: z
      .strictObject({
        version: z.int(),
        jsonSchema: jsonObject,
        uiSchema: jsonObject,
        formData: z
          .custom<Readonly<Record<string, unknown>>>()
          .meta({ type: 'object', description: 'What the fields hold before anybody answers.' }),
        outcomes: z
          .array(z.custom<Outcome>().meta({ type: 'object', required: ['value', 'title'] }))
          .readonly()
          .describe('`value` is what to send.'),
      })
      .readonly()
      .nullable(),
  })
  .readonly();

export const apiTaskListSchema = z
  .strictObject({
    tasks: z.array(apiTaskSchema).readonly(),
    next: z.string().nullable().describe('The `cursor` of the following page; null after the last.'),
  })
  .readonly();

export const apiDraftSchema = z.strictObject({
  draft: z.strictObject({ data: jsonObject, savedAt: instant }).nullable(),
});
export const apiDraftSavedSchema = z.strictObject({ savedAt: instant });

const fieldErrors = z.array(z.strictObject({ path: z.string(), message: z.string() })).readonly();

export const apiBulkSchema = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({
        taskId: z.string(),
        ok: z.literal(true),
        status: z.enum(taskStatuses),
        version: z.int(),
      }),
      z.strictObject({
        taskId: z.string(),
        ok: z.literal(false),
        code: z.string(),
        message: z.string(),
        fieldErrors: fieldErrors.optional(),
      }),
    ]),
  ),
});

export const apiErrorSchema = z.strictObject({
  type: z.string().describe('Address of the page that explains the code.'),
  code: z.string().describe('Stays: decide by it.'),
  message: z.string().describe('For people.'),
  fieldErrors: fieldErrors.optional(),
});

export type ApiTask = z.output<typeof apiTaskSchema>;
export type ApiTaskWithForm = z.output<typeof apiTaskWithFormSchema>;
