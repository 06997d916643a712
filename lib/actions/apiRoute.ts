/** Every route under /api/v1 goes through here: token, tenant, permission, input, body, one form of errors. */
import { NotSignedInError } from '@shared/workflow/model/errors';
import type { z } from 'zod';
import { sessionOfToken } from '../auth/apiTokens';
import type { Act } from '../auth/permissions';
import type { Session } from '../auth/session';
import { rawSql } from '../db/client';
import { measured } from '../metrics';
import { requireTenantAct } from './createServerAction';
import { failureOf, parseInput } from './failure';
import { readJsonBody } from './jsonBody';
import { logError } from './logError';

interface ApiDeclaration<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  /** What the token's owner must be allowed to do. */
  readonly act: Act;
  /** Schema of the variable parts of the address. */
  readonly params?: Params;
  /** Schema of the search parameters; absent: they are ignored. */
  readonly query?: Query;
  /** Schema of the JSON body; absent: none is read. One that takes undefined takes a request without a body. */
  readonly body?: Body;
}

/**
 * Makes a route handler. The answer's errors are `{ type, code, message, fieldErrors? }` with the status of the error.
 * Only a bearer token is taken: a cookie would let other sites act in a visitor's name.
 */
export function apiRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(
  { act, ...schemas }: ApiDeclaration<Params, Query, Body>,
  handler: (parameters: {
    readonly session: Session;
    readonly tenant: string;
    readonly params: z.output<Params>;
    readonly query: z.output<Query>;
    readonly body: z.output<Body>;
  }) => Promise<Response>,
): (request: Request, context: { readonly params: Promise<unknown> }) => Promise<Response> {
  const answer = async (request: Request, context: { readonly params: Promise<unknown> }): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    try {
      const { session, tenant } = requireTenantAct(await sessionOfRequest(request), act);
      return await handler({
        session,
        tenant,
        params: await parseWhenDeclared(schemas.params, () => context.params),
        query: await parseWhenDeclared(schemas.query, () => Object.fromEntries(searchParams)),
        body: await parseWhenDeclared(schemas.body, () =>
          readJsonBody(request, { mayBeEmpty: schemas.body?.safeParse(undefined).success ?? false }),
        ),
      });
    } catch (error) {
      const { httpStatus, retryAfterSeconds, told } = failureOf({
        error,
        where: `${request.method} ${pathname}`,
        logError,
      });
      const headers = {
        ...(httpStatus === 401 && { 'WWW-Authenticate': 'Bearer realm="baton"' }),
        ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
      };
      // A problem in the sense of RFC 9457: its type leads to the page that explains it.
      return Response.json({ type: `/docs/errors/${told.code}`, ...told }, { status: httpStatus, headers });
    }
  };
  return (request, context) =>
    measured('api', async () => {
      const response = await answer(request, context);
      return { status: response.status, answer: response };
    });
}

/** A route for everybody, without a token: for what holds nobody's data. */
export function openRoute(
  _declaration: { readonly act: Extract<Act, 'api.describe'> },
  handler: () => Response,
): () => Response {
  return handler;
}

async function parseWhenDeclared<Schema extends z.ZodType>(
  schema: Schema | undefined,
  read: () => unknown,
): Promise<z.output<Schema>> {
  // Without a schema the type is that of `undefined`: nobody can use what was not declared.
  return schema === undefined
    ? (undefined as z.output<Schema>)
    : parseInput({ schema, raw: await read(), namesFields: true });
}

async function sessionOfRequest(request: Request): Promise<Session | null> {
  const [scheme, token] = (request.headers.get('authorization') ?? '').trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined) {
    throw new NotSignedInError('No bearer token was sent. Send the header `Authorization: Bearer <token>`.');
  }
  const session = await sessionOfToken({ sql: rawSql(), token });
  if (session === null)
    throw new NotSignedInError('The bearer token is unknown, revoked or expired. Mint another one.');
  return session;
}
