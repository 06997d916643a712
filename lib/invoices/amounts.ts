/** How the numbers of an invoice are bounded, added up and written. Pure, and small: pages load it. */

export const currencies = ['EUR', 'USD', 'GBP', 'CHF'] as const;
export type Currency = (typeof currencies)[number];

/** Most an invoice may come to, in cents: a billion. Sums of lines stay exact numbers far beyond it. */
export const MAX_AMOUNT_CENTS = 100_000_000_000;
export const MAX_LINES = 100;

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
