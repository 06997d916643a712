const loneSurrogate = /\p{Surrogate}/u;

/**
 * Whether Postgres can give every text in a JSON value back as text: it stores any JSON, but reading one member of a
 * document fails when some text in it holds NUL or half of a surrogate pair.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && !loneSurrogate.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}

export const notStorable = 'The character NUL and halves of surrogate pairs cannot be stored.';
