/** What an invoice is made of: the schema that form and server share, and how its numbers are written. Pure. */
import '../security/zodWithoutEval';
import { z } from 'zod';

export const currencies = ['EUR', 'USD', 'GBP', 'CHF'] as const;
export type Currency = (typeof currencies)[number];

/** Most an invoice may come to, in cents: a billion. Sums of lines stay exact numbers far beyond it. */
export const MAX_AMOUNT_CENTS = 100_000_000_000;
export const MAX_LINES = 100;

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

/** The amount of an invoice in cents. */
export function sumLines(lines: readonly { readonly quantity: number; readonly unitCents: number }[]): number {
  return lines.reduce((total, { quantity, unitCents }) => total + quantity * unitCents, 0);
}

/** An amount as people read it: `€1,234.00`. */
export function formatCents({ cents, currency }: { readonly cents: number; readonly currency: string }): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(cents / 100);
}

/** `INV-0001`: the number of an invoice within its tenant. */
export function formatInvoiceNumber(number: number): string {
  return `INV-${String(number).padStart(4, '0')}`;
}

/** The lines in one text, a line each: `2 × Euro pallet at €200.00`. The first few, then how many more there are. */
export function summarizeLines({
  lines,
  currency,
  maxLines = 5,
}: {
  readonly lines: readonly { readonly description: string; readonly quantity: number; readonly unitCents: number }[];
  readonly currency: string;
  readonly maxLines?: number;
}): string {
  const shown = lines
    .slice(0, maxLines)
    .map(
      ({ description, quantity, unitCents }) =>
        `${quantity} × ${description} at ${formatCents({ cents: unitCents, currency })}`,
    );
  const hidden = lines.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])].join('\n');
}
