/** Reads a JSON body within limits. */
import { BatonError, InvalidInputError } from '@shared/workflow/model/errors';

/** Largest body, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;
/** Deepest nesting: what reads it later may recurse. */
const MAX_DEPTH = 64;

export class BodyTooLargeError extends BatonError {
  readonly code = 'body_too_large';
  readonly httpStatus = 413;
}
export class BadJsonError extends BatonError {
  readonly code = 'bad_json';
  readonly httpStatus = 400;
}

/**
 * @param mayBeEmpty a request without a body is read as undefined.
 * @throws BodyTooLargeError beyond `MAX_BODY_BYTES`, without reading on.
 * @throws BadJsonError when the bytes are no JSON in UTF-8.
 * @throws InvalidInputError when the value is nested too deep.
 */
export async function readJsonBody(
  request: Request,
  { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {},
): Promise<unknown> {
  const bytes = await readWithin(request);
  if (mayBeEmpty && bytes.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new BadJsonError('The body is not valid JSON in UTF-8.', { cause: error });
  }
  if (isDeeperThan(value, MAX_DEPTH))
    throw new InvalidInputError(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  return value;
}

async function readWithin(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new BodyTooLargeError(`The body is larger than ${MAX_BODY_BYTES} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next?.value === undefined) break;
    length += next.value.length;
    if (length > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks);
}

/** Level by level rather than by recursion, which a deep value would overflow. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
  }
  return false;
}
