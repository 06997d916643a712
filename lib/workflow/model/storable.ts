/** What senders and authors pass in must come back out of the database as it was: else their call fails, and no other. */
import { InvalidInputError, ReservedEventNameError } from './errors';
import { encodeJson, isStorableText } from './json';
import { PayloadTooLargeError } from './limits';
import { encodeValue } from './values';

/**
 * For what the engine reads: names, reasons, what is matched.
 * @param where names the place in the message, as `The state`.
 * @throws InvalidInputError for texts with the character NUL or half of a surrogate pair, and for what JSON cannot hold.
 */
export function assertStorable(value: unknown, where: string): void {
  try {
    encodeJson(value, where);
  } catch (error) {
    throw new InvalidInputError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * For names that author code makes up, at every call of it.
 * @throws InvalidInputError as `assertStorable` does.
 */
export function assertStorableName(name: string, where: string): void {
  if (isStorableText(name)) return;
  throw new InvalidInputError(
    `${where} holds the character NUL or half of a surrogate pair, which cannot be stored. Give it another name.`,
  );
}

/**
 * For what others send.
 * @throws PayloadTooLargeError for what is larger.
 * @throws UnstorableValueError for what could not be given back as it is.
 */
export function assertFits(value: unknown, where: string, most: number): void {
  const { length } = encodeValue(value, where);
  if (length > most) throw new PayloadTooLargeError(where, length, most);
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const taskEnd = new RegExp(`^Task:${uuid}:Complete$`, 'i');
const taskSuffix = new RegExp(`_(${uuid})$`, 'i');

/**
 * Only the end of a task itself may be told under this name.
 * @throws ReservedEventNameError
 */
export function assertNoTaskEnd(eventName: string): void {
  if (taskEnd.test(eventName)) throw new ReservedEventNameError(eventName);
}

/** The id that the name ends in, where it tells of a task's end if the id is that of a task. */
export function taskNamedBy(eventName: string): string | null {
  return taskSuffix.exec(eventName)?.[1]?.toLowerCase() ?? null;
}
