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
