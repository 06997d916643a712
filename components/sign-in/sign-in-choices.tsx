'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { ActionAnswer } from '@/components/ui/action-types';
import { DemoAccounts, type DemoAccount } from './demo-accounts';
import { EmailForm } from './email-form';

/** The demo's accounts where there are any, and sign-in by e-mail. */
export function SignInChoices({
  accounts,
  signedIn,
  next,
  signInDemo,
  signIn,
}: {
  readonly accounts: readonly DemoAccount[];
  /** Who is signed in already, and where their day begins. */
  readonly signedIn: { readonly name: string; readonly home: string } | null;
  /** The page that was asked for. */
  readonly next: string | null;
  readonly signInDemo: (input: { readonly email: string; readonly next?: string }) => Promise<ActionAnswer>;
  readonly signIn: (input: {
    readonly email: string;
    readonly password: string;
    readonly next?: string;
  }) => Promise<ActionAnswer>;
}) {
  const [byEmail, setByEmail] = useState(accounts.length === 0);
  const goingTo = next === null ? {} : { next };
  return (
    <div className="choices">
      <h2>{byEmail ? 'Sign in' : 'Try it as one of these people'}</h2>
      <p className="soft">{byEmail ? 'With your work e-mail and password.' : 'One click, no password.'}</p>
      {byEmail ? (
        <EmailForm signIn={(credentials) => signIn({ ...credentials, ...goingTo })} />
      ) : (
        <DemoAccounts accounts={accounts} signIn={(email) => signInDemo({ email, ...goingTo })} />
      )}
      {accounts.length > 0 ? (
        <p className="fine">
          These are demo accounts with invented data.{' '}
          <button type="button" onClick={() => setByEmail(!byEmail)}>
            {byEmail ? 'Back to the demo accounts' : 'Sign in with e-mail instead'}
          </button>
        </p>
      ) : null}
      {signedIn ? (
        <p className="fine">
          You are signed in as {signedIn.name}. <Link href={signedIn.home}>Go on</Link>
        </p>
      ) : null}
    </div>
  );
}
