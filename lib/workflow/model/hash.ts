/**
 * A fingerprint of a command's arguments, to notice that the code asks for something else than the log says. It guards
 * against mistakes, not against attackers: two 32-bit multiplicative hashes over the text, as 16 hexadecimal digits.
 */
export const hashText = (text: string): string => digestOf(hashedOn(hashedNothing, text));

/** What was hashed so far, so that texts which begin alike are hashed from where they part. */
export interface Hashed {
  readonly a: number;
  readonly b: number;
}

export const hashedNothing: Hashed = { a: 0x9e3779b9, b: 0x85ebca6b };

export function hashedOn({ a, b }: Hashed, text: string): Hashed {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b ^= b >>> 15;
  }
  return { a, b };
}

export function digestOf({ a, b }: Hashed): string {
  const left = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  const right = Math.imul(b ^ (b >>> 13), 0x846ca68b);
  return hex(left ^ (left >>> 15)) + hex(right ^ (right >>> 16));
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
