import { customType, timestamp } from 'drizzle-orm/pg-core';

/**
 * A `json` column that keeps the exact text: key order is part of a form, and hashes are taken over bytes.
 * Reads give the parsed value; writes take any JSON value.
 */
export const jsonText = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => 'json',
    toDriver: (value) => JSON.stringify(value),
    // The driver has parsed it: a text is a JSON text by now, and must not be parsed again.
    fromDriver: (value: unknown) => value as T,
  })(name);

/** An instant in UTC with millisecond precision. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
