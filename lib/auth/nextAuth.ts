/** The only module that knows next-auth. Everything else asks `lib/auth`. */
import NextAuth, { CredentialsSignin } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { rawSql } from '../db/client';
import { sessionEpochOf } from './accounts';
import { env, EnvironmentError } from '../env';
import { log } from '../log';
import { type SignInOutcome, signInByPassword, signInToDemo } from './signIn';
import { createSignInLimiter } from './signInLimiter';

declare module 'next-auth' {
  interface User {
    /** See `sessionEpochOf`. */
    epoch?: number;
  }
}

const SESSION_DAYS = 7;

/** Sign-in was refused; `code` says why: `refused` or `too_many_failures`. */
export class SignInRefused extends CredentialsSignin {
  constructor(readonly outcome: Exclude<SignInOutcome, { kind: 'signedIn' }>) {
    super();
    this.code = outcome.kind === 'refused' ? 'refused' : 'too_many_failures';
  }
}

const limiter = createSignInLimiter();

const passwordProvider = Credentials({
  id: 'password',
  credentials: { email: {}, password: {} },
  authorize: async ({ email, password }) =>
    userOf(
      await signInByPassword({
        sql: rawSql(),
        limiter,
        email: String(email),
        password: String(password),
        nowMs: Date.now(),
      }),
    ),
});

const demoProvider = Credentials({
  id: 'demo',
  credentials: { email: {} },
  authorize: async ({ email }) =>
    userOf(await signInToDemo({ sql: rawSql(), isDemo: env().isDemo, email: String(email) })),
});

function userOf(outcome: SignInOutcome): { readonly id: string } {
  if (outcome.kind !== 'signedIn') throw new SignInRefused(outcome);
  return { id: outcome.userId };
}

function requireSecret(): string {
  const { authSecret } = env();
  if (authSecret !== undefined) return authSecret;
  throw new EnvironmentError('AUTH_SECRET is not set: session cookies are sealed with it. `npm start` makes one.');
}

/** Configured at the first request, not at import: a build has no environment. */
export const { auth, handlers, signIn, signOut } = NextAuth(() => ({
  secret: requireSecret(),
  // The host decides nothing here: sign-in answers with paths, and sessions are not bound to an address.
  trustHost: true,
  session: { strategy: 'jwt', maxAge: SESSION_DAYS * 86_400 },
  pages: { signIn: '/sign-in', error: '/sign-in' },
  providers: env().isDemo ? [passwordProvider, demoProvider] : [passwordProvider],
  callbacks: {
    // The cookie says who and since when; name, tenant and roles are read at each request. `user` is there at sign-in.
    jwt: async ({ token, user }) => ({
      sub: token.sub,
      epoch: user?.id === undefined ? token.epoch : await sessionEpochOf({ sql: rawSql(), userId: user.id }),
    }),
    session: ({ session, token }) => ({
      expires: session.expires,
      user: { id: token.sub, epoch: typeof token.epoch === 'number' ? token.epoch : 0 },
    }),
  },
  logger: {
    error: (error) => {
      if (error instanceof CredentialsSignin) log().info({ reason: error.code }, 'sign-in refused');
      else if (error.name === 'JWTSessionError')
        log().info({}, 'a session cookie sealed with another secret was ignored');
      else log().error({ error }, 'authentication failed');
    },
    warn: (code) => log().warn({ code }, 'authentication warning'),
    debug: () => undefined,
  },
}));
