import { describe, expect, it } from 'vitest';
import { formatCents, formatInvoiceNumber, summarizeLines, sumLines } from './amounts';
import { type InvoiceInput, invoiceInputSchema } from './invoiceInput';

const line = { description: 'Euro pallet', quantity: 40, unitCents: 20_000 };
const valid: InvoiceInput = { customer: 'Nordwind Logistics', lines: [line], currency: 'EUR', note: '' };

const messages = (input: unknown) =>
  invoiceInputSchema.safeParse(input).error?.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);

describe('an invoice as typed', () => {
  it('is trimmed and gets its defaults', () => {
    expect(invoiceInputSchema.parse({ customer: '  Nordwind ', lines: [line] })).toEqual({
      customer: 'Nordwind',
      lines: [line],
      currency: 'EUR',
      note: '',
      isUrgent: false,
    });
  });

  it.each([
    [{ customer: ' ' }, 'customer: Enter the customer.'],
    [{ customer: undefined }, 'customer: Enter the customer.'],
    [{ customer: 'x'.repeat(121) }, 'customer: Shorten this to 120 characters.'],
    [{ customer: 'a\u0000b' }, 'customer: Remove the characters that cannot be printed.'],
    [{ lines: [] }, 'lines: Add at least one line.'],
    [{ lines: undefined }, 'lines: Add at least one line.'],
    [{ lines: [{ ...line, quantity: 0 }] }, 'lines/0/quantity: Enter a whole number, 1 or more.'],
    [{ lines: [{ ...line, quantity: 1.5 }] }, 'lines/0/quantity: Enter a whole number, 1 or more.'],
    [{ lines: [{ ...line, quantity: 'two' }] }, 'lines/0/quantity: Enter a whole number, 1 or more.'],
    [{ lines: [{ ...line, unitCents: Number.NaN }] }, 'lines/0/unitCents: Enter a price such as 120.00.'],
    [{ lines: [{ ...line, unitCents: -1 }] }, 'lines/0/unitCents: A price cannot be negative.'],
    [{ lines: [{ ...line, description: '' }] }, 'lines/0/description: Enter what this line is for.'],
    [{ currency: 'XXX' }, 'currency: Choose a currency.'],
  ])('says what is wrong with %j', (change, message) => {
    expect(messages({ ...valid, ...change })).toContain(message);
  });

  it('must come to more than zero and to no more than a billion', () => {
    expect(messages({ ...valid, lines: [{ ...line, unitCents: 0 }] })).toEqual([
      'lines: The invoice must come to more than zero.',
    ]);
    const huge = { ...line, quantity: 1_000_000, unitCents: 100_000_000_000 };
    expect(messages({ ...valid, lines: [huge] })).toEqual(['lines: The invoice is higher than 1,000,000,000.00.']);
  });

  it('may have line breaks in its note', () => {
    expect(messages({ ...valid, note: 'first\nsecond' })).toBeUndefined();
  });
});

describe('numbers of an invoice', () => {
  it('adds up lines in whole cents', () => {
    expect(sumLines([line, { quantity: 3, unitCents: 10 }])).toBe(800_030);
  });

  it('are written as people read them', () => {
    expect(formatCents({ cents: 123_400, currency: 'EUR' })).toBe('€1,234.00');
    expect(formatCents({ cents: 5, currency: 'USD' })).toBe('$0.05');
    expect(formatInvoiceNumber(1)).toBe('INV-0001');
    expect(formatInvoiceNumber(12_345)).toBe('INV-12345');
  });

  it('summarises the first lines and counts the others', () => {
    const lines = Array.from({ length: 7 }, (_, index) => ({
      description: `Item ${index}`,
      quantity: 2,
      unitCents: 150,
    }));
    expect(summarizeLines({ lines, currency: 'EUR', maxLines: 2 })).toBe(
      '2 × Item 0 at €1.50\n2 × Item 1 at €1.50\nand 5 more',
    );
  });
});
