/** Every server action goes through here: session, tenant, permission, input, body, typed result. */
import { NotSignedInError, PermissionDeniedError } from '@shared/workflow/model/errors';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { type Act, can } from '../auth/permissions';
import type { Session } from '../auth/session';
import { measured } from '../metrics';
import { type ErrorLog, failureOf, parseInput } from './failure';
import type { ActionResult } from './result';

export interface ServerActionPorts {
  readonly getSession: () => Promise<Session | null>;
  readonly logError: ErrorLog;
}

export interface ActionDeclaration<Schema extends z.ZodType> {
  /** What the caller must be allowed to do. */
  readonly act: Act;
  readonly input: Schema;
}

/** Acts that need no session: starting and ending one. */
type PublicAct = Extract<Act, `session.${string}`>;

/** Acts on what all tenants share. */
type PlatformAct = Extract<Act, `platform.${string}`>;

/** The argument can be left out where the schema takes none. */
type ServerAction<Schema extends z.ZodType, Value> = (
  ...input: undefined extends z.input<Schema> ? [input?: z.input<Schema>] : [input: z.input<Schema>]
) => Promise<ActionResult<Value>>;

/** Makes the wrappers. The input comes from a browser: whatever its type says, it is parsed before the body runs. */
export function createServerActions({ getSession, logError }: ServerActionPorts) {
  const attempt = async <Value>(
    act: Act,
    run: () => Promise<Value>,
  ): Promise<{ readonly status: number; readonly answer: ActionResult<Value> }> => {
    try {
      return { status: 200, answer: { ok: true, value: await run() } };
    } catch (error) {
      // Redirects and not-found are thrown through us by the framework.
      unstable_rethrow(error);
      const { httpStatus: status, told } = failureOf({ error, where: `server action ${act}`, logError });
      return { status, answer: { ok: false, ...told } };
    }
  };
  const answer = <Value>(act: Act, run: () => Promise<Value>) => measured('action', () => attempt(act, run));

  return {
    /** A server action on the data of the caller's tenant. */
    serverAction:
      <Schema extends z.ZodType, Value>(
        { act, input: schema }: ActionDeclaration<Schema>,
        body: (parameters: {
          readonly session: Session;
          readonly tenant: string;
          readonly input: z.output<Schema>;
        }) => Promise<Value>,
      ): ServerAction<Schema, Value> =>
      (...[raw]) =>
        answer(act, async () => {
          const { session, tenant } = requireTenantAct(await getSession(), act);
          return body({ session, tenant, input: parseInput({ schema, raw, namesFields: false }) });
        }),

    /** A server action on what all tenants share. */
    platformAction:
      <Schema extends z.ZodType, Value>(
        { act, input: schema }: ActionDeclaration<Schema> & { readonly act: PlatformAct },
        body: (parameters: { readonly session: Session; readonly input: z.output<Schema> }) => Promise<Value>,
      ): ServerAction<Schema, Value> =>
      (...[raw]) =>
        answer(act, async () => {
          const session = requirePlatformAct(await getSession(), act);
          return body({ session, input: parseInput({ schema, raw, namesFields: false }) });
        }),

    /** A server action that anybody may call: signing in and out. */
    publicAction:
      <Schema extends z.ZodType, Value>(
        { act, input: schema }: ActionDeclaration<Schema> & { readonly act: PublicAct },
        body: (parameters: { readonly input: z.output<Schema> }) => Promise<Value>,
      ): ServerAction<Schema, Value> =>
      (...[raw]) =>
        answer(act, () => body({ input: parseInput({ schema, raw, namesFields: false }) })),
  };
}

function requirePlatformAct(session: Session | null, act: PlatformAct): Session {
  if (session === null) throw new NotSignedInError('You are not signed in. Sign in and try again.');
  if (can(session, act)) return session;
  throw new PermissionDeniedError(`You may not do this (${act}): it concerns all tenants. Ask a platform operator.`);
}

/**
 * @throws NotSignedInError without a session.
 * @throws PermissionDeniedError when its holder may not do this, or belongs to no tenant.
 */
export function requireTenantAct(
  session: Session | null,
  act: Act,
): { readonly session: Session; readonly tenant: string } {
  if (session === null) throw new NotSignedInError('You are not signed in. Sign in and try again.');
  if (session.tenant === null) {
    throw new PermissionDeniedError('Your account belongs to no tenant, and this concerns the data of one.');
  }
  if (!can(session, act)) {
    throw new PermissionDeniedError(
      `You may not do this (${act}). Ask an administrator of ${session.tenant} for the role.`,
    );
  }
  return { session, tenant: session.tenant };
}
