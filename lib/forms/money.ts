/**
 * Amounts of money. With `currency` a field holds units of that currency; with `minorUnits` besides, it holds whole
 * cents (or whatever the currency's smallest unit is), so that no sum of amounts is ever off by a rounding.
 */
import { LOCALE, parseNumber, readDecimal } from './numbers';
import { uiOption } from './schema';
import type { JsonObject } from './types';

export interface Money {
  /** ISO 4217, such as `EUR`. */
  readonly currency: string;
  /** Digits after the point that the currency has: 2 for EUR, 0 for JPY. */
  readonly digits: number;
  /** True where the field holds the smallest units of the currency, false where it holds whole ones. */
  readonly isMinor: boolean;
}

/** What money a field holds; undefined for a field that holds none. */
export function moneyOf(ui: JsonObject): Money | undefined {
  const currency = uiOption(ui, 'currency');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/i.test(currency)) return undefined;
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return { currency, digits, isMinor: uiOption(ui, 'minorUnits') === true };
}

/**
 * The amount a person wrote, as the field holds it: `12.50` is 12.5, or 1250 in minor units, found without computing in
 * fractions. Undefined for what is no amount, and for more digits after the point than minor units have.
 */
export function parseAmount(text: string, money: Money): number | undefined {
  if (!money.isMinor) return parseNumber(text);
  const decimal = readDecimal(text);
  if (!decimal) return undefined;
  const fraction = decimal.fraction.replace(/0+$/, '');
  if (fraction.length > money.digits) return undefined;
  const value = Number(`${decimal.sign}${decimal.whole}${fraction.padEnd(money.digits, '0')}`);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** An amount for reading, with its currency. */
export function formatAmount(value: number, money: Money): string {
  const { currency } = money;
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).format(toUnits(value, money));
}

/** An amount for changing, without its currency. */
export function amountForInput(value: number, money: Money): string {
  return new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: money.digits,
    maximumFractionDigits: money.isMinor ? money.digits : 20,
  }).format(toUnits(value, money));
}

/** As digits, since dividing by 100 loses the cents of very large amounts. */
function toUnits(value: number, { isMinor, digits }: Money): number | `${number}` {
  if (!isMinor || !Number.isSafeInteger(value)) return isMinor ? value / 10 ** digits : value;
  const text = String(Math.abs(value)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${value < 0 ? '-' : ''}${whole}.${text.slice(text.length - digits)}0` as `${number}`;
}
