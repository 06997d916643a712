/** Numbers as people write and read them. */

export const LOCALE = 'en';

/**
 * The number a person wrote: `8420`, `8,420.00`, `8.420,00`, `1,5`, `€ 12`. Where a single separator is followed by
 * exactly three digits, a comma groups thousands and a point is decimal; nothing groups behind a zero, so `0,125` is an
 * eighth. Undefined for anything else, and for what is larger than a number holds
 * to the last digit.
 */
export function parseNumber(text: string): number | undefined {
  const decimal = readDecimal(text);
  if (!decimal) return undefined;
  const value = Number(`${decimal.sign}${decimal.whole}.${decimal.fraction || '0'}`);
  // Beyond this whole numbers would be rounded: an account number that is written as one, for example.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** A number as its digits; `whole` has at least one. */
export interface DecimalText {
  readonly sign: '' | '-';
  readonly whole: string;
  readonly fraction: string;
}

/** The digits of a number a person wrote, read as `parseNumber` does. */
export function readDecimal(text: string): DecimalText | undefined {
  const compact = text.replace(/[\s'’€$£]/g, '');
  const decimalAt = decimalSeparatorAt(compact);
  const whole = decimalAt === -1 ? compact : compact.slice(0, decimalAt);
  const fraction = decimalAt === -1 ? '' : compact.slice(decimalAt + 1);
  const isWhole = /^[+-]?\d+$/.test(whole) || /^[+-]?\d{1,3}([.,]\d{3})+$/.test(whole) || /^[+-]?$/.test(whole);
  if (!isWhole || !/^\d*$/.test(fraction) || !/\d/.test(compact)) return undefined;
  return { sign: whole.startsWith('-') ? '-' : '', whole: whole.replace(/[.,+-]/g, '') || '0', fraction };
}

/** A number for reading; with a currency (ISO 4217) as an amount of it. */
export function formatNumber(value: number, currency?: string): string {
  if (currency === undefined || !/^[A-Za-z]{3}$/.test(currency)) {
    return value.toLocaleString(LOCALE, { maximumFractionDigits: 20 });
  }
  return value.toLocaleString(LOCALE, { style: 'currency', currency });
}

/**
 * Whether `value` is `divisor` times a whole number, as both are written in decimals: 19.99 is a multiple of 0.01,
 * which dividing them as floating-point numbers denies.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!Number.isFinite(value) || !(divisor > 0)) return false;
  const [a, b] = [toDecimal(value), toDecimal(divisor)];
  const exponent = Math.min(a.exponent, b.exponent);
  const units = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return units(a) % units(b) === 0n;
}

/** `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function toDecimal(value: number): Decimal {
  const [coefficient = '0', power = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = coefficient.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function decimalSeparatorAt(text: string): number {
  const comma = text.lastIndexOf(',');
  const point = text.lastIndexOf('.');
  if (comma !== -1 && point !== -1) return Math.max(comma, point);
  const at = Math.max(comma, point);
  const isRepeated = at !== -1 && text.indexOf(text[at] ?? '') !== at;
  const isGrouping = comma !== -1 && /^[+-]?[1-9]\d{0,2},\d{3}$/.test(text);
  return isRepeated || isGrouping ? -1 : at;
}
