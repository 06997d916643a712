import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { browserEngine } from './browserEngine';
import { displayText } from './display';
import { amountForInput, formatAmount, moneyOf, parseAmount, type Money } from './money';
import { projectForm } from './projection';
import { checkSubmission } from './submission';

const money = (currency: string, minorUnits = true): Money => {
  const found = moneyOf({ 'ui:options': { currency, minorUnits } });
  if (!found) throw new Error('No money.');
  return found;
};

describe('amounts in minor units', () => {
  it.each([
    ['19.99', 'EUR', 1999],
    ['1,005.10', 'EUR', 100_510],
    ['1.005,1', 'EUR', 100_510],
    ['€ 0,29', 'EUR', 29],
    ['-2.50', 'EUR', -250],
    ['8420', 'EUR', 842_000],
    ['4.500', 'EUR', 450],
    ['1500', 'JPY', 1500],
    ['1.234', 'KWD', 1234],
  ])('reads %j in %s as %d', (text, currency, value) => {
    expect(parseAmount(text, money(currency))).toBe(value);
  });

  it.each([
    ['1.005', 'EUR'],
    ['0.5', 'JPY'],
    ['twelve', 'EUR'],
    ['99999999999999999', 'EUR'],
  ])('does not read %j in %s: nothing is rounded for a person', (text, currency) => {
    expect(parseAmount(text, money(currency))).toBeUndefined();
  });

  it('read back what a field shows, to the cent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom('EUR', 'JPY', 'KWD'),
        (value, currency) => {
          const shown = amountForInput(value, money(currency));
          expect(parseAmount(shown, money(currency)) ?? shown).toBe(value === 0 ? 0 : value);
        },
      ),
      { seed: 20_261_123, numRuns: 500 },
    );
  });

  it('are shown with their currency', () => {
    expect(formatAmount(842_000, money('EUR'))).toBe('€8,420.00');
    expect(formatAmount(1500, money('JPY'))).toBe('¥1,500');
    expect(formatAmount(8420.5, money('EUR', false))).toBe('€8,420.50');
  });

  it('are no money without a currency', () => {
    for (const currency of [undefined, 'euro', 5]) expect(moneyOf({ 'ui:options': { currency } })).toBeUndefined();
  });
});

describe('a field of money in a form', () => {
  const ui = { 'ui:options': { currency: 'EUR', minorUnits: true } };
  const field = { type: 'integer', title: 'Price', minimum: 100 };
  const form = { jsonSchema: { type: 'object', properties: { price: field } }, uiSchema: { price: ui } };
  const messagesFor = (price: unknown) => {
    const projection = projectForm(form, {});
    const result = checkSubmission({ form, projection, outcome: null, data: { price }, engine: browserEngine });
    return result.ok ? [] : result.fieldErrors.map(({ message }) => message);
  };

  it('speaks of amounts, not of cents', () => {
    expect(messagesFor(1999)).toEqual([]);
    expect(messagesFor(50)).toEqual(['Price must be €1.00 or more.']);
    expect(messagesFor('19.999')).toEqual(['Price must be an amount, such as 12.50.']);
    expect(displayText([field], ui, 101_999, {})).toBe('€1,019.99');
  });
});
