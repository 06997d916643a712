/** Schemas of what the API takes. */
import type { JsonValue } from '@shared/workflow/model/json';
import { executionStatuses } from '@shared/workflow/model/status';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { apiTaskStatuses } from '../queries/apiTasks';
import { inboxViews } from '../queries/inbox-views';
import { dueFilters, taskPriorities } from '../queries/task-filter';
import { isStorable, notStorable } from './storable';

// Postgres cannot hold NUL in text.
const text = (what: string, maxLength: number) =>
  z
    .string({ error: `${what} must be text.` })
    .min(1, `${what} must not be empty.`)
    .max(maxLength, `${what} must have ${maxLength} characters at most.`)
    .regex(/^[^\u0000]*$/, `${what} must not contain the character NUL.`);

const eventSchema = z.strictObject({
  event_type: z
    .string({ error: 'event_type is required: the key of the event in the catalogue, such as INVOICE_SUBMITTED.' })
    .regex(
      /^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/,
      'event_type must be letters, digits and _ . : - and begin with a letter.',
    ),
  event_name: text('event_name', 200).optional(),
  payload: z
    .custom<JsonValue>((value) => value !== undefined)
    .refine(isStorable, notStorable)
    .default({}),
  subject: text('subject', 200).optional(),
  correlation_id: text('correlation_id', 200).optional(),
  idempotency_key: text('idempotency_key', 200).optional(),
});

/**
 * An event as submitted over the API. The envelope is written in snake case, as workflow code reads it; the same
 * members in camel case are taken too.
 */
export const eventInputSchema = z.preprocess((raw, context) => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const members = new Map<string, unknown>();
  for (const [name, value] of Object.entries(raw) as [string, unknown][]) {
    const snake = snakeCase(name);
    if (members.has(snake) && !isDeepStrictEqual(members.get(snake), value)) {
      const message = `${snake} is given in both spellings, with different values.`;
      context.addIssue({ code: 'custom', path: [snake], message });
    }
    members.set(snake, value);
  }
  return Object.fromEntries(members);
}, eventSchema);

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const pageSize = ({ usual, most }: { readonly usual: number; readonly most: number }) =>
  z.coerce
    .number({ error: 'limit must be a whole number.' })
    .int('limit must be a whole number.')
    .min(1, 'limit must be 1 or more.')
    .max(most, `limit must be ${most} or less.`)
    .default(usual);

export const historyQuerySchema = z.object({
  after: z.coerce
    .number({ error: 'after must be a whole number.' })
    .int('after must be a whole number.')
    .min(0, 'after must be 0 or more.')
    .max(2_147_483_647, 'after is too high.')
    .default(0),
  limit: pageSize({ usual: 500, most: 1000 }),
});

export const executionsQuerySchema = z.object({
  status: z.enum(executionStatuses, { error: `status must be one of ${executionStatuses.join(', ')}.` }).optional(),
  workflow: text('workflow', 200).optional(),
  stuck: z.enum(['true', 'false'], { error: 'stuck must be true or false.' }).default('false'),
  cursor: z.string().max(100).optional(),
  limit: pageSize({ usual: 50, most: 200 }),
});

export const deadLetterQuerySchema = z.object({
  status: z.enum(['open', 'all'], { error: 'status must be open or all.' }).default('open'),
  limit: pageSize({ usual: 50, most: 200 }),
});

export const taskQuerySchema = z.object({
  status: z.enum(apiTaskStatuses, { error: `status must be one of ${apiTaskStatuses.join(', ')}.` }).default('open'),
  view: z.enum(inboxViews, { error: `view must be one of ${inboxViews.join(', ')}.` }).optional(),
  q: text('q', 200).optional(),
  type: text('type', 200).optional(),
  priority: z.enum(taskPriorities, { error: `priority must be one of ${taskPriorities.join(', ')}.` }).optional(),
  due: z.enum(dueFilters, { error: `due must be one of ${dueFilters.join(', ')}.` }).optional(),
  workflow: text('workflow', 200).optional(),
  cursor: z.string().max(100).optional(),
  limit: pageSize({ usual: 50, most: 200 }),
});
