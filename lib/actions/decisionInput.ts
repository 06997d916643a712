/** Inputs of decisions about executions, shared by server actions and the API. */
import { z } from 'zod';
import { isStorable, notStorable } from './storable';

export const decisionSchema = z.object({
  /** Kept in the execution's log, for people. */
  reason: z
    .string({ error: 'The reason must be text.' })
    .max(2_000, 'The reason must have 2,000 characters at most.')
    .refine(isStorable, notStorable)
    .nullish(),
});

/** The body of a request that decides: all of it may be left out. */
export const decisionBody = z.strictObject(decisionSchema.shape).prefault({});

export const forkSchema = decisionSchema.extend({
  /** The last entry of the log that the fork begins with. */
  from: z
    .int({ error: 'Name the entry to fork from by its number in the log.' })
    .min(1, 'The first entry of a log is 1.')
    .max(2 ** 31 - 1, 'No log has so many entries.'),
  /** What becomes of children that had not ended there. */
  openChildren: z.enum(['refuse', 'detach'], { error: 'Say "refuse" or "detach".' }).optional(),
});
