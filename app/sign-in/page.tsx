import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInChoices } from '@/components/sign-in/sign-in-choices';
import type { DemoAccount } from '@/components/sign-in/demo-accounts';
import { Relay } from '@/components/sign-in/relay';
import { Brand, SkipLink } from '@/components/shell/brand';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { getSession } from '@/lib/auth';
import { env } from '@/lib/env';
import { demoPeople, type DemoPerson } from '@/lib/queries/demo-accounts';
import { homeOf } from '../home';
import { signInAction, signInDemoAction } from './actions';

export const metadata: Metadata = { title: 'Sign in' };

const demoEmails = ['alice@acme.test', 'mia@acme.test', 'omar@acme.test', 'gus@globex.test', 'pat@baton.test'];

export default async function SignInPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const target = localPath(next);
  const session = await getSession();
  if (session !== null && target !== null) redirect(target);
  const home = session && homeOf(session);
  const accounts = env().isDemo ? (await demoPeople(demoEmails)).map(toAccount) : [];
  return (
    <div className="work p-sign-in">
      <SkipLink />
      <main id="main" className="split">
        <div className="pitch">
          <Brand />
          <div>
            <h1>
              <span>Software does its part.</span> <span>Then a person does theirs.</span>
            </h1>
            <p className="lead">
              Baton runs long processes as plain TypeScript: when one needs a decision it hands a person a task, waits
              as long as that takes, and carries on exactly where it stopped.
            </p>
            <Relay />
          </div>
        </div>
        <div className="pick">
          <div className="corner">
            <ThemeToggle />
          </div>
          <SignInChoices
            accounts={accounts}
            signedIn={session && home ? { name: session.name, home } : null}
            next={target}
            signInDemo={signInDemoAction}
            signIn={signInAction}
          />
        </div>
      </main>
    </div>
  );
}

/** Only a path of this site: an address given from outside must not lead elsewhere. */
function localPath(next: string | string[] | undefined): string | null {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : null;
}

function toAccount(person: DemoPerson): DemoAccount {
  const place = person.tenantName === null ? '' : ` at ${person.tenantName}`;
  return { email: person.email, name: person.name, ...describe(person, place) };
}

function describe(person: DemoPerson, place: string): { readonly role: string; readonly sees: string } {
  if (person.roles.includes('platform_operator')) {
    return { role: 'Platform operator', sees: 'Looks after workers and queues for all tenants' };
  }
  const decides = person.roles.includes('manager');
  if (person.roles.includes('administrator')) {
    return decides
      ? { role: `Manager${place}`, sees: 'Decides, and says which events start which workflows' }
      : { role: `Administrator${place}`, sees: 'Sees every execution, step by step' };
  }
  if (decides) return { role: `Manager${place}`, sees: waitingText(person.openTasks) };
  return { role: `Requester${place}`, sees: 'Submits invoices and watches them move' };
}

function waitingText(openTasks: number): string {
  if (openTasks === 0) return 'Decides on invoices over €1,000';
  return openTasks === 1 ? 'Has one decision waiting' : `Has ${openTasks} decisions waiting`;
}
