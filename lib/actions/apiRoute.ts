/** Every route under /api/v1 goes through here: token, tenant, permission, input, body, one form of errors. */
import { NotSignedInError } from '@shared/workflow/model/errors';
import { z } from 'zod';
import { sessionOfToken } from '../auth/apiTokens';
import type { Act } from '../auth/permissions';
import type { Session } from '../auth/session';
import { rawSql } from '../db/client';
import { requireTenantAct } from './createServerAction';
import { failureOf, parseInput } from './failure';
import { readJsonBody } from './jsonBody';
import { logError } from './logError';

export interface ApiDeclaration<Query extends z.ZodType, Body extends z.ZodType> {
  /** What the token's owner must be allowed to do. */
  readonly act: Act;
  /** Schema of the search parameters; absent: they are ignored. */
  readonly query?: Query;
  /** Schema of the JSON body; absent: none is read. */
  readonly body?: Body;
}

type RouteContext<Params> = { readonly params: Promise<Params> };

/**
 * Makes a route handler. The answer's errors are `{ code, message, fieldErrors? }` with the status of the error.
 * Only a bearer token is taken: a cookie would let other sites act in a visitor's name.
 */
export function apiRoute<Params, Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
  { act, query: querySchema, body: bodySchema }: ApiDeclaration<Query, Body>,
  handler: (parameters: {
    readonly request: Request;
    readonly session: Session;
    readonly tenant: string;
    readonly params: Params;
    readonly query: z.output<Query>;
    readonly body: z.output<Body>;
  }) => Promise<Response>,
): (request: Request, context: RouteContext<Params>) => Promise<Response> {
  return async (request, context) => {
    try {
      const { session, tenant } = requireTenantAct(await sessionOfRequest(request), act);
      const { searchParams } = new URL(request.url);
      const query = parseInput({
        schema: querySchema ?? z.undefined(),
        raw: querySchema && Object.fromEntries(searchParams),
      });
      const body = parseInput({
        schema: bodySchema ?? z.undefined(),
        raw: bodySchema && (await readJsonBody(request)),
      });
      return await handler({
        request,
        session,
        tenant,
        params: await context.params,
        query: query as z.output<Query>,
        body: body as z.output<Body>,
      });
    } catch (error) {
      const { httpStatus, ...failure } = failureOf({
        error,
        where: `${request.method} ${new URL(request.url).pathname}`,
        logError,
      });
      const headers = httpStatus === 401 ? { 'WWW-Authenticate': 'Bearer realm="baton"' } : undefined;
      return Response.json(failure, { status: httpStatus, headers });
    }
  };
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
