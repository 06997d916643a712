import { describe, expect, it } from 'vitest';
import { checkDraft } from './check-draft';
import { controlId, draftTotal, emptyDraft, emptyLine, lineSum } from './draft';

const line = (quantity: string, unit: string, description = 'Pallets') => ({
  ...emptyLine(1),
  description,
  quantity,
  unit,
});

describe('an invoice while it is typed', () => {
  it('adds up the lines that can be read', () => {
    expect(draftTotal({ ...emptyDraft, lines: [line('2', '10.50'), line('x', '5'), line('3', '')] })).toBe(2100);
    expect(lineSum(line('2', '10.50'))).toBe(2100);
    expect(lineSum(line('2', 'abc'))).toBeNull();
  });

  it('becomes the input of the server once it is complete', () => {
    const checked = checkDraft({ ...emptyDraft, customer: ' Nordwind ', lines: [line('2', '1,200.00')] });
    expect(checked).toEqual({
      ok: true,
      input: {
        customer: 'Nordwind',
        currency: 'EUR',
        note: '',
        isUrgent: false,
        lines: [{ description: 'Pallets', quantity: 2, unitCents: 120000 }],
      },
    });
  });

  it('tells every field that is wrong, in words that say what to enter', () => {
    const checked = checkDraft({ ...emptyDraft, lines: [line('half', '', '')] });
    expect(checked.ok).toBe(false);
    const told = checked.ok ? [] : checked.problems;
    expect(told.map((problem) => problem.path)).toEqual(
      expect.arrayContaining(['/customer', '/lines/0/description', '/lines/0/quantity', '/lines/0/unitCents']),
    );
    expect(told.find((problem) => problem.path === '/lines/0/unitCents')?.message).toBe(
      'Enter a price such as 120.00.',
    );
  });

  it('knows the control of every field', () => {
    expect(controlId('/customer')).toBe('invoice-customer');
    expect(controlId('/lines/1/unitCents')).toBe('line-1-unitCents');
    expect(controlId('/lines')).toBe('line-0-description');
  });
});
