/** Values that survive the log unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/**
 * Encodes a value for the log. What JSON cannot carry (functions, symbols, `undefined` at the top) becomes `null`,
 * dates become ISO strings: exactly what a later replay will read.
 * @throws TypeError for circular structures and big integers, naming the place that passed the value.
 */
export function encodeJson(value: unknown, where: string): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    throw new TypeError(`${where} cannot be stored: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** A fresh copy of what `encodeJson` wrote. */
export function decodeJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}
