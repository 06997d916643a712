/** An invoice while it is typed: texts as they stand in the fields, and what they mean. Pure. */
import { sumLines, type Currency } from '@/lib/invoices/amounts';
import type { FieldProblem } from '@/components/ui/action-types';
import { parseCount, parseMoney } from './parse-money';

export interface DraftLine {
  /** Stays with the line when others are removed. */
  readonly key: number;
  readonly description: string;
  readonly quantity: string;
  readonly unit: string;
}

export interface InvoiceDraft {
  readonly customer: string;
  readonly lines: readonly DraftLine[];
  readonly currency: Currency;
  readonly note: string;
  readonly isUrgent: boolean;
}

export const emptyLine = (key: number): DraftLine => ({ key, description: '', quantity: '1', unit: '' });

export const emptyDraft: InvoiceDraft = {
  customer: '',
  lines: [emptyLine(1)],
  currency: 'EUR',
  note: '',
  isUrgent: false,
};

/** The amount so far: lines that cannot be read yet count as nothing. */
export function draftTotal(draft: InvoiceDraft): number {
  return sumLines(
    draft.lines.map((line) => ({ quantity: parseCount(line.quantity) ?? 0, unitCents: parseMoney(line.unit) ?? 0 })),
  );
}

/** The sum of one line in cents, or null while it cannot be read. */
export function lineSum(line: DraftLine): number | null {
  const quantity = parseCount(line.quantity);
  const unitCents = parseMoney(line.unit);
  return quantity === null || unitCents === null ? null : quantity * unitCents;
}

/** The id of the control that a problem belongs to, so that the summary's link leads there. */
export function controlId(path: string): string {
  const [, field, line, part] = path.split('/');
  if (field === 'lines' && line !== undefined && part !== undefined) return `line-${line}-${part}`;
  return field === 'lines' ? 'line-0-description' : `invoice-${field ?? 'customer'}`;
}

/** The problem of one field, if it has one. */
export function problemAt(problems: readonly FieldProblem[], path: string): string | undefined {
  return problems.find((problem) => problem.path === path)?.message;
}
