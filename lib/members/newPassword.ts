import { randomInt } from 'node:crypto';

/** Letters and digits that nobody takes for one another when they are read out. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to be told to somebody: four groups of five, about 99 random bits. */
export function newPassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
