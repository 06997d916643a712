/** What an invoice is made of: the schema that form and server share. Pure. */
import '../security/zodWithoutEval';
import { z } from 'zod';
import { currencies, MAX_AMOUNT_CENTS, MAX_LINES, sumLines } from './amounts';

// Control characters other than line breaks and tabs cannot be stored or shown.
const printable = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/u;
const unprintable = 'Remove the characters that cannot be printed.';

const requiredText = ({ what, maxLength }: { readonly what: string; readonly maxLength: number }) =>
  z
    .string({ error: `Enter ${what}.` })
    .trim()
    .min(1, `Enter ${what}.`)
    .max(maxLength, `Shorten this to ${maxLength} characters.`)
    .regex(printable, unprintable);

export const invoiceLineSchema = z.object({
  description: requiredText({ what: 'what this line is for', maxLength: 200 }),
  quantity: z
    .int({ error: 'Enter a whole number, 1 or more.' })
    .min(1, 'Enter a whole number, 1 or more.')
    .max(1_000_000, 'Enter a number up to 1,000,000.'),
  /** Price of one, in cents. */
  unitCents: z
    .int({ error: 'Enter a price such as 120.00.' })
    .min(0, 'A price cannot be negative.')
    .max(MAX_AMOUNT_CENTS, 'This price is too high for one line.'),
});

/** A new invoice as somebody types it. Its amount is the sum of its lines. */
export const invoiceInputSchema = z
  .object({
    customer: requiredText({ what: 'the customer', maxLength: 120 }),
    lines: z
      .array(invoiceLineSchema, { error: 'Add at least one line.' })
      .min(1, 'Add at least one line.')
      .max(MAX_LINES, `Use ${MAX_LINES} lines at most.`),
    currency: z.enum(currencies, { error: 'Choose a currency.' }).default('EUR'),
    note: z
      .string({ error: 'The note must be text.' })
      .trim()
      .max(2000, 'Shorten the note to 2,000 characters.')
      .regex(printable, unprintable)
      .default(''),
    /** Whether the requester asks for a quick decision. */
    isUrgent: z.boolean({ error: 'Say yes or no.' }).default(false),
  })
  .superRefine(({ lines }, context) => {
    const total = sumLines(lines);
    if (total <= 0) {
      context.addIssue({ code: 'custom', path: ['lines'], message: 'The invoice must come to more than zero.' });
    }
    if (total > MAX_AMOUNT_CENTS) {
      context.addIssue({ code: 'custom', path: ['lines'], message: 'The invoice is higher than 1,000,000,000.00.' });
    }
  });

/** Before parsing: what a form sends. */
export type InvoiceInput = z.input<typeof invoiceInputSchema>;
/** After parsing: trimmed, defaults filled in. */
export type ParsedInvoice = z.output<typeof invoiceInputSchema>;
