'use client';
import { useActionState } from 'react';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';

interface Attempt {
  readonly email: string;
  readonly problem: string | null;
}

/** Sign-in by address and password. What was typed as address stays after a refusal. */
export function EmailForm({
  signIn,
}: {
  readonly signIn: (credentials: {
    readonly email: string;
    readonly password: string;
  }) => Promise<ActionAnswer | undefined>;
}) {
  const [attempt, submit, pending] = useActionState<Attempt, FormData>(
    async (_, form) => {
      const email = textOf(form, 'email').trim();
      const password = textOf(form, 'password');
      if (!email) return { email, problem: 'Enter your e-mail address.' };
      if (!password) return { email, problem: 'Enter your password.' };
      const answer = await signIn({ email, password });
      return { email, problem: answer && !answer.ok ? answer.message : null };
    },
    { email: '', problem: null },
  );
  return (
    <form className="mailform" action={submit} noValidate>
      {attempt.problem ? (
        <div className="errsum" role="alert" id="sign-in-problem">
          <h2>
            <Icon name="alert" />
            {attempt.problem}
          </h2>
        </div>
      ) : null}
      <div className="field">
        <label className="label" htmlFor="email">
          E-mail
        </label>
        <input
          className="input"
          id="email"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={attempt.email}
          aria-describedby={attempt.problem ? 'sign-in-problem' : undefined}
        />
      </div>
      <div className="field">
        <label className="label" htmlFor="password">
          Password
        </label>
        <input className="input" id="password" name="password" type="password" autoComplete="current-password" />
      </div>
      <button className="btn btn-primary" type="submit" aria-busy={pending} disabled={pending}>
        {pending ? <Icon name="retrying" /> : null}
        Sign in
      </button>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
