/** What pages send to administer task definitions and forms. */
import { durationMs } from '@shared/workflow/model/durations';
import { z } from 'zod';

/** How long a document of a form may be, in UTF-16 units: what publishing would refuse need not be stored. */
const MAX_TEXT = 262_144;
const MAX_DUE_MS = 366 * 24 * 3_600_000;

export const taskTypeSchema = z
  .string({ error: 'Enter a task type.' })
  .trim()
  .regex(/^[a-z][a-z0-9_]{1,63}$/, 'Use small letters, digits and _ for a task type, such as invoice_review.');

export const formNameSchema = z
  .string({ error: 'Name the form.' })
  .trim()
  .regex(/^[a-z][a-z0-9_-]{1,79}$/, 'Use small letters, digits, - and _ for the name of a form, such as review-form.');

const isDuration = (text: string): boolean => {
  try {
    const ms = durationMs(text);
    return ms > 0 && ms <= MAX_DUE_MS;
  } catch {
    return false;
  }
};

/** An emptied field is a value not given. */
const optionalText = (schema: z.ZodType<string, string>) =>
  z
    .string()
    .trim()
    .transform((text) => (text === '' ? null : text))
    .pipe(schema.nullable());

/** What a task definition says, besides its type. */
export const definitionSchema = z.object({
  name: z.string({ error: 'Enter a name.' }).trim().min(1, 'Enter a name.').max(120, 'Use at most 120 characters.'),
  description: optionalText(z.string().max(1000, 'Use at most 1000 characters.')),
  form: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('system'), name: formNameSchema }),
    z.object({ kind: z.literal('tenant'), name: formNameSchema }),
    /** Begins with the text of the form that such tasks have now. */
    z.object({ kind: z.literal('new'), name: formNameSchema }),
  ]),
  defaultRoles: z
    .array(
      z
        .string()
        .trim()
        .regex(/^[a-z][a-z0-9_]{0,63}$/i, 'Use letters, digits and _ for a role, such as manager.'),
    )
    .max(20, 'Name at most 20 roles.')
    .transform((roles) => [...new Set(roles)]),
  defaultPriority: z.enum(['low', 'normal', 'high', 'urgent'], { error: 'Choose a priority.' }),
  defaultDue: optionalText(
    z.string().max(40).refine(isDuration, 'Use a duration of at most a year, such as 2 days or 4 hours.'),
  ),
  completionEvent: optionalText(
    z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/, 'Use letters, digits and _ . : - for an event, such as ITEM_RESOLVED.')
      .refine((name) => !/^(Task|Action|Child):/.test(name), 'Names that begin like this are the engine’s own.'),
  ),
});

export type DefinitionInput = z.output<typeof definitionSchema>;

const revision = z.number().int().min(0);

export const createDefinitionSchema = definitionSchema.extend({ taskType: taskTypeSchema });
export const updateDefinitionSchema = createDefinitionSchema.extend({ expectedRevision: revision });

const document = z.string().max(MAX_TEXT, 'This is longer than 256 kB. Shorten it.');

/** The three documents of a form as they stand in the editors: JSON or not. */
export const formTextsSchema = z.object({ jsonSchema: document, uiSchema: document, sampleContext: document });

/** `expectedRevision` 0: there was no draft yet. */
export const draftAddressSchema = z.object({ formName: formNameSchema, expectedRevision: revision });
export const saveDraftSchema = draftAddressSchema.extend({ texts: formTextsSchema });
