/** Turns anything thrown into what a caller may see. The cause stays in the log. */
import { randomUUID } from 'node:crypto';
import {
  BatonError,
  type FieldError,
  DatabaseUnavailableError,
  InvalidInputError,
} from '@shared/workflow/model/errors';
import type { z } from 'zod';
import { isDatabaseUnavailable } from '../db/unavailable';

/** Where unexpected errors are written. */
export type ErrorLog = (entry: {
  readonly correlationId: string;
  readonly where: string;
  readonly error: unknown;
}) => void;

export interface Failure {
  readonly httpStatus: number;
  /** When the same call may succeed, in seconds. */
  readonly retryAfterSeconds?: number;
  /** What the caller is told. */
  readonly told: {
    readonly code: string;
    readonly message: string;
    readonly fieldErrors?: readonly FieldError[];
  };
}

/**
 * Errors that a caller can act on keep their words. Everything else is logged under a fresh correlation id, and the
 * answer names only that id.
 */
export function failureOf({
  error,
  where,
  logError,
}: {
  readonly error: unknown;
  /** What was being done, for the log. */
  readonly where: string;
  readonly logError: ErrorLog;
}): Failure {
  if (error instanceof BatonError) return told(error);
  const correlationId = randomUUID();
  logError({ correlationId, where, error });
  if (isDatabaseUnavailable(error)) return told(new DatabaseUnavailableError(correlationId));
  return {
    httpStatus: 500,
    told: {
      code: 'internal_error',
      message: `Something went wrong on our side. Try again; if it stays, tell an administrator this number: ${correlationId}.`,
    },
  };
}

function told({ httpStatus, retryAfterSeconds, code, message, fieldErrors }: BatonError): Failure {
  return {
    httpStatus,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    told: { code, message, ...(fieldErrors !== undefined && { fieldErrors }) },
  };
}

/**
 * Parses an input by its schema.
 * @throws InvalidInputError with one entry per wrong field.
 */
export function parseInput<Schema extends z.ZodType>({
  schema,
  raw,
  namesFields,
}: {
  readonly schema: Schema;
  readonly raw: unknown;
  /** Whether the message says where in the input it went wrong: for programs. People read it beside the field. */
  readonly namesFields: boolean;
}): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const fieldErrors = parsed.error.issues.map(({ path, message }) => ({ path: jsonPointer(path), message }));
  const [first, ...others] = fieldErrors;
  const summary =
    first === undefined
      ? 'The input is not valid.'
      : `${namesFields && first.path !== '' ? `${first.path}: ` : ''}${first.message}`;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new InvalidInputError(summary + more, { fieldErrors });
}

function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
