/**
 * Reads what a person typed as an amount: `1,200.50`, `1200.5`, `1.200,50` or `€1 200`.
 * `12.345` could mean two things and is refused.
 * @returns cents, or null when it is no amount.
 */
export function parseMoney(text: string): number | null {
  const compact = text.replace(/[\s€$£]/g, '');
  const match =
    /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$/.exec(compact) ?? /^(\d{1,3}(?:\.\d{3})+|\d+),(\d{1,2})$/.exec(compact);
  if (!match) return null;
  const whole = Number((match[1] ?? '').replace(/[.,]/g, ''));
  const cents = whole * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? cents : null;
}

/** Reads a whole number such as `12` or `2,000`; null when it is none. */
export function parseCount(text: string): number | null {
  const compact = text.replace(/\s/g, '');
  return /^\d+$/.test(compact) || /^\d{1,3}(,\d{3})+$/.test(compact) ? Number(compact.replace(/,/g, '')) : null;
}
