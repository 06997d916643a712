'use client';
import { useRouter } from 'next/navigation';
import { useId, useState, useTransition } from 'react';
import { ActProblem } from '@/components/ui/act-problem';
import { unreachable, type ActionAnswer, type FieldProblem } from '@/components/ui/action-types';
import { Field } from '@/components/ui/field';
import { OnceAlive } from '@/components/ui/once-alive';
import { useToast } from '@/components/ui/toast';

type Change = (input: {
  readonly oldPassword: string;
  readonly newPassword: string;
}) => Promise<ActionAnswer<{ readonly staysSignedIn: boolean }>>;

/** Changes one's own password. What was typed stays after a refusal. */
export function PasswordSettings({ email, change }: { readonly email: string; readonly change: Change }) {
  const router = useRouter();
  const toast = useToast();
  const id = useId();
  const [pending, startTransition] = useTransition();
  const [isShown, setShown] = useState(false);
  const [oldPassword, setOld] = useState('');
  const [newPassword, setNew] = useState('');
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<{ readonly message: string; readonly code: string | null } | null>(null);
  const problemAt = (path: string) => problems.find((one) => one.path === path)?.message;

  const submit = () =>
    startTransition(async () => {
      setProblems([]);
      setFailure(null);
      const answer = await change({ oldPassword, newPassword }).catch(() => null);
      if (!answer?.ok) {
        const found = answer?.fieldErrors ?? [];
        setProblems(found);
        if (found.length === 0) setFailure(answer ?? { message: unreachable, code: null });
        return;
      }
      setOld('');
      setNew('');
      toast('Your password is changed');
      if (!answer.value.staysSignedIn) router.push('/sign-in');
    });

  const type = isShown ? 'text' : 'password';
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Password</h2>
      <p className="soft">Whoever is signed in as you elsewhere is signed out when it changes.</p>
      <ActProblem text={failure?.message ?? null} code={failure?.code ?? null} />
      <form
        className="password"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) submit();
        }}
      >
        <OnceAlive>
          {/* For password managers: whose password this is. */}
          <input
            className="vh"
            type="email"
            autoComplete="username"
            aria-label="E-mail"
            tabIndex={-1}
            readOnly
            value={email}
          />
          <Field id={`${id}-old`} label="Password now" problem={problemAt('/oldPassword')}>
            {(control) => (
              <input
                {...control}
                className="input"
                type={type}
                autoComplete="current-password"
                value={oldPassword}
                onChange={(event) => setOld(event.target.value)}
              />
            )}
          </Field>
          <Field
            id={`${id}-new`}
            label="New password"
            help="12 characters or more."
            problem={problemAt('/newPassword')}
          >
            {(control) => (
              <input
                {...control}
                className="input"
                type={type}
                autoComplete="new-password"
                value={newPassword}
                onChange={(event) => setNew(event.target.value)}
              />
            )}
          </Field>
          <label className="row">
            <input
              className="check"
              type="checkbox"
              checked={isShown}
              onChange={(event) => setShown(event.target.checked)}
            />
            Show what I type
          </label>
          <div>
            <button className="btn btn-primary" type="submit" aria-busy={pending}>
              Change password
            </button>
          </div>
        </OnceAlive>
      </form>
    </section>
  );
}
