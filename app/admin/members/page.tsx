import type { Metadata } from 'next';
import Link from 'next/link';
import { AddMember, MembersTable } from '@/components/console/members-table';
import { ConsoleSkeleton } from '@/components/console/skeleton';
import { PagePart } from '@/components/shell/page-part';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { can, requireTenantPermission } from '@/lib/auth';
import { listMembers, listRoles } from '@/lib/queries/members';
import {
  addMemberAction,
  changeMemberAction,
  deactivateMemberAction,
  giveBackTasksAction,
  reactivateMemberAction,
  resetPasswordAction,
} from './actions';

export const metadata: Metadata = { title: 'Members' };

type Choice = Readonly<Partial<Record<'q' | 'after', string | string[]>>>;

export default async function MembersPage({ searchParams }: { readonly searchParams: Promise<Choice> }) {
  const session = await requireTenantPermission('member.read', { from: '/admin/members' });
  const { tenant } = session;
  const mayManage = can(session, 'member.manage');
  const { q, after } = await searchParams;
  const words = typeof q === 'string' && q.trim() !== '' ? q.trim().slice(0, 200) : null;
  return (
    <main id="main" className="main p-members">
      <LiveRefresh topics={['member']} />
      <div className="hd">
        <h1 className="grow">Members</h1>
        {mayManage ? <AddMember roles={await listRoles(tenant)} add={addMemberAction} /> : null}
      </div>
      <p className="lead">
        Roles say which tasks come to somebody and what they may do in the console. Whoever is deactivated is signed out
        at once, and the open tasks that they hold go back to those who may take them.
      </p>
      <form className="find" role="search" aria-label="Members" action="/admin/members">
        <input
          className="input"
          type="search"
          name="q"
          aria-label="Name or address"
          placeholder="Name or address"
          key={words}
          defaultValue={words ?? ''}
        />
        <button className="btn" type="submit">
          Search
        </button>
        {words === null ? null : (
          <Link className="btn btn-ghost" href="/admin/members">
            Show all
          </Link>
        )}
      </form>
      <PagePart skeleton={<ConsoleSkeleton />}>
        <Members tenant={tenant} words={words} after={typeof after === 'string' ? after : null} mayManage={mayManage} />
      </PagePart>
    </main>
  );
}

async function Members({
  tenant,
  words,
  after,
  mayManage,
}: {
  readonly tenant: string;
  readonly words: string | null;
  readonly after: string | null;
  readonly mayManage: boolean;
}) {
  const [{ members, next }, roles] = await Promise.all([listMembers({ tenant, words, after }), listRoles(tenant)]);
  if (members.length === 0) {
    return (
      <div className="empty">
        <b>No member matches</b>
        <p className="soft">Search for a part of a name or of an address.</p>
        <Link className="btn" href="/admin/members">
          Show all
        </Link>
      </div>
    );
  }
  return (
    <>
      <MembersTable
        members={members}
        roles={roles}
        mayManage={mayManage}
        actions={{
          add: addMemberAction,
          change: changeMemberAction,
          deactivate: deactivateMemberAction,
          reactivate: reactivateMemberAction,
          giveBack: giveBackTasksAction,
          resetPassword: resetPasswordAction,
        }}
      />
      {next !== null || after !== null ? (
        <nav className="pager" aria-label="Pages">
          {after === null ? null : (
            <Link className="btn" href={hrefOf(words, null)}>
              <Icon name="left" />
              First
            </Link>
          )}
          {next === null ? null : (
            <Link className="btn" href={hrefOf(words, next)}>
              More
              <Icon name="right" />
            </Link>
          )}
        </nav>
      ) : null}
    </>
  );
}

function hrefOf(words: string | null, after: string | null): string {
  const params = new URLSearchParams({ ...(words !== null && { q: words }), ...(after !== null && { after }) });
  return params.size === 0 ? '/admin/members' : `/admin/members?${params.toString()}`;
}
