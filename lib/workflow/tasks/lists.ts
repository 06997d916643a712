import { InvalidInputError } from '../model/errors';

/** Lists come from author code through JSON: their type is a promise only. */
export function listOf(value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new InvalidInputError(`"${name}" of createHumanTask must be a list of texts.`);
}
