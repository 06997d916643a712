import { invoiceInputSchema, type InvoiceInput, type ParsedInvoice } from '@/lib/invoices/invoiceInput';
import type { FieldProblem } from '@/components/ui/action-types';
import type { InvoiceDraft } from './draft';
import { parseCount, parseMoney } from './parse-money';

export type CheckedDraft =
  | { readonly ok: true; readonly input: ParsedInvoice }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Checks a draft by the schema that the server uses. Numbers that cannot be read are told at their field. */
export function checkDraft(draft: InvoiceDraft): CheckedDraft {
  const { lines, ...rest } = draft;
  const input: InvoiceInput = {
    ...rest,
    lines: lines.map((line) => ({
      description: line.description,
      quantity: parseCount(line.quantity) ?? Number.NaN,
      unitCents: parseMoney(line.unit) ?? Number.NaN,
    })),
  };
  const parsed = invoiceInputSchema.safeParse(input);
  if (parsed.success) return { ok: true, input: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map(({ path, message }) => ({ path: `/${path.map(String).join('/')}`, message })),
  };
}
