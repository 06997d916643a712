/** Values that survive the log unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/**
 * Encodes a value that came out of the log, or that the engine made. What code passes on is encoded by `encodeValue`,
 * which refuses what JSON would change.
 * @throws TypeError for circular structures, big integers and texts that the database could not give back, naming the
 *   place that passed the value.
 */
export function encodeJson(value: unknown, where: string): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? 'null';
  } catch (error) {
    throw new TypeError(`${where} cannot be stored: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (hasUnstorableText(text)) {
    throw new TypeError(
      `${where} cannot be stored: a text in it holds the character NUL or half of a surrogate pair. Send bytes as base64.`,
    );
  }
  return text;
}

/** JSON writes these two as escapes. So does a text that only looks like one: what is found here is looked at again. */
const maybeUnstorable = /\\u(?:0000|d[89a-f])/;
const unstorable = /\u0000|\p{Surrogate}/u;
const allUnstorable = new RegExp(unstorable, 'gu');

/** Whether JSON holds texts that the database could not give back. */
export function hasUnstorableText(json: string): boolean {
  return maybeUnstorable.test(json) && !isStorable(decodeJson(json));
}

/** Whether the database can hold the text: it has neither the character NUL nor half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return !unstorable.test(text);
}

function isStorable(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorableText(name) && isStorable(member as JsonValue));
}

/** The text with what the database cannot hold made visible. For messages, which must never fail to be stored. */
export function storableText(text: string): string {
  return text.replace(allUnstorable, '\uFFFD');
}

/** A fresh copy of what `encodeJson` wrote. */
export function decodeJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}
