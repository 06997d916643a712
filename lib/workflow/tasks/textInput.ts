import { InvalidInputError } from '../model/errors';

/** Longest text that a person may write about a task, in characters. */
export const maxTaskText = 10_000;

/**
 * What a person wrote, without the white space around it.
 * @throws InvalidInputError naming the field when nothing or too much was written.
 */
export function writtenText(value: unknown, path: string, what: string): string {
  const text = typeof value === 'string' ? value.trim() : '';
  const message =
    text === ''
      ? `Write ${what}.`
      : text.length > maxTaskText
        ? `This is longer than ${maxTaskText.toLocaleString('en')} characters.`
        : null;
  if (message === null) return text;
  throw new InvalidInputError(message, { fieldErrors: [{ path, message }] });
}

/** As `writtenText`, for what may be left out. */
export function writtenNote(value: unknown, path: string): string | null {
  return typeof value !== 'string' || value.trim() === '' ? null : writtenText(value, path, 'a note');
}
