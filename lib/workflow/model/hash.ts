/**
 * A fingerprint of a command's arguments, to notice that the code asks for something else than the log says. It guards
 * against mistakes, not against attackers: two 32-bit multiplicative hashes over the text, as 16 hexadecimal digits.
 */
export function hashText(text: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b ^= b >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 13), 0x846ca68b);
  return hex(a ^ (a >>> 15)) + hex(b ^ (b >>> 16));
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
