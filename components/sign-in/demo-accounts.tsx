'use client';
import { useState, useTransition } from 'react';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { Avatar } from '@/components/ui/person';

export interface DemoAccount {
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly sees: string;
}

/** One click signs in as one of the people of the demo. */
export function DemoAccounts({
  accounts,
  signIn,
}: {
  readonly accounts: readonly DemoAccount[];
  readonly signIn: (email: string) => Promise<ActionAnswer | undefined>;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  const enter = (email: string) => {
    setChosen(email);
    setProblem(null);
    startTransition(async () => {
      const answer = await signIn(email);
      if (answer && !answer.ok) setProblem(answer.message);
    });
  };

  return (
    <>
      {problem ? (
        <div className="errsum" role="alert">
          <h2>
            <Icon name="alert" />
            {problem || unreachable}
          </h2>
        </div>
      ) : null}
      <ul className="accts">
        {accounts.map((account) => (
          <li key={account.email}>
            <button
              className="acct"
              type="button"
              aria-busy={pending && chosen === account.email}
              disabled={pending}
              onClick={() => enter(account.email)}
            >
              <Avatar name={account.name} large />
              <span className="grow">
                <b>{account.name}</b> <span className="muted">{account.role}</span>
                <span className="sees">{account.sees}</span>
              </span>
              <Icon name={pending && chosen === account.email ? 'retrying' : 'right'} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
