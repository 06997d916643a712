const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a part of an address can be the value of a UUID column: anything else would be an error of the database. */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}
