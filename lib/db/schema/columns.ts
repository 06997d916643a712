import { customType, timestamp } from 'drizzle-orm/pg-core';

/**
 * A `json` column that keeps the exact text: key order is part of a form, and hashes are taken over bytes.
 * Reads give the parsed value; writes take any JSON value.
 */
export const jsonText = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'json',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value: unknown) => (typeof value === 'string' ? (JSON.parse(value) as T) : (value as T)),
  })(name);

/** An instant in UTC with millisecond precision. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
