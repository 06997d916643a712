import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { InboxPanes } from '@/components/inbox/inbox-panes';
import { InboxSkeleton } from '@/components/inbox/inbox-skeleton';
import { InboxViews } from '@/components/inbox/inbox-views';
import { SavedViews } from '@/components/inbox/saved-views';
import { PagePart } from '@/components/shell/page-part';
import { CutLine } from '@/components/shell/state-page';
import { TaskBody } from '@/components/task/task-body';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import type { Choosable } from '@/components/ui/person-field';
import { isPhone } from '@/components/inbox/is-phone';
import { can, requireTenantPermission, type Session } from '@/lib/auth';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { countInbox, listInbox, listTaskTypes, listTaskWorkflows } from '@/lib/queries/inbox';
import { inboxViews, type InboxView } from '@/lib/queries/inbox-views';
import { tenantName } from '@/lib/queries/people';
import { listSavedViews } from '@/lib/queries/saved-views';
import { getTask, type TaskView } from '@/lib/queries/task';
import { filterOf, filterParams, type FilterParam, type TaskFilter } from '@/lib/queries/task-filter';
import { choosablePeople } from '../choosable-people';
import { bulkActions, inboxActions, taskActions } from '../task-actions';

export const metadata: Metadata = { title: 'Inbox' };

type Choice = Readonly<Partial<Record<FilterParam | 'view' | 'task', string | string[]>>>;

export default async function InboxPage({ searchParams }: { readonly searchParams: Promise<Choice> }) {
  const session = await requireTenantPermission('task.read', { from: '/inbox' });
  const choice = await searchParams;
  const view = inboxViews.find((name) => name === choice.view) ?? 'for-me';
  const picked = typeof choice.task === 'string' ? choice.task : null;
  // A phone shows the list first: a task is read once somebody opens it.
  const hasPane = picked !== null || !isPhone(await headers());
  const filter = filterOf(Object.fromEntries(filterParams.map((name) => [name, choice[name]])));
  return (
    <div className="p-inbox">
      <LiveRefresh topics={['task']} />
      {/* A form that an older version let through may be one that cannot be drawn. */}
      <PagePart skeleton={<InboxSkeleton />} mayFail={hasPane}>
        <Panes session={session} view={view} filter={filter} picked={picked} hasPane={hasPane} />
      </PagePart>
    </div>
  );
}

async function Panes({
  session,
  view,
  filter,
  picked,
  hasPane,
}: {
  readonly session: Session & { readonly tenant: string };
  readonly view: InboxView;
  readonly filter: TaskFilter;
  readonly picked: string | null;
  /** Whether a task is read beside the list. */
  readonly hasPane: boolean;
}) {
  const { tenant, userId, roles } = session;
  const reader = { tenant, userId, roles, readsAll: can(session, 'task.readAll') };
  const [page, counts, place, people, taskTypes, workflows, saved] = await Promise.all([
    listInbox({ ...reader, view, filter }),
    countInbox(reader),
    tenantName(tenant),
    choosablePeople(tenant),
    listTaskTypes(tenant),
    listTaskWorkflows(tenant),
    listSavedViews(reader),
  ]);
  const selectedId = picked ?? page.rows[0]?.taskId ?? null;
  const readId = hasPane ? selectedId : null;
  const task = readId === null ? null : await getTask({ tenant, taskId: readId, reader: taskReaderOf(session) });
  return (
    <InboxPanes
      key={view}
      page={page}
      view={view}
      filter={filter}
      choices={{ taskTypes, workflows }}
      selectedId={selectedId}
      isPicked={picked !== null}
      views={<InboxViews view={view} counts={counts} saved={<SavedViews views={saved} actions={inboxActions} />} />}
      actions={inboxActions}
      empty={<EmptyList view={view} />}
      bulkActions={bulkActions}
      mayAssign={can(session, 'task.assign')}
      people={people}
    >
      <div className="sheet">
        <Link className="btn btn-ghost back" href={view === 'for-me' ? '/inbox' : `/inbox?view=${view}`}>
          <Icon name="left" />
          Inbox
        </Link>
        <Detail task={task} isChosen={readId !== null} place={place} people={people} />
      </div>
    </InboxPanes>
  );
}

function Detail({
  task,
  isChosen,
  place,
  people,
}: {
  readonly task: TaskView | null;
  readonly isChosen: boolean;
  readonly place: string;
  readonly people: Choosable;
}) {
  if (task?.access.mayRead) {
    return <TaskBody task={task} place={place} heading="h2" people={people} actions={taskActions} />;
  }
  if (isChosen) {
    return (
      <div className="empty">
        <CutLine />
        <b>This task is not yours to open</b>
        <p className="soft">It is meant for other people, or it is gone. Choose another one from the list.</p>
      </div>
    );
  }
  return (
    <div className="empty pane-empty">
      <CutLine />
      <b>A task opens here</b>
      <p className="soft">You read what happened, answer in a form, and the workflow goes on with your answer.</p>
    </div>
  );
}

function EmptyList({ view }: { readonly view: InboxView }) {
  if (view === 'done') {
    return (
      <div className="empty">
        <b>You have not decided anything yet</b>
        <p className="soft">What you decide is kept here, with your answers as you gave them.</p>
      </div>
    );
  }
  if (view === 'taken') {
    return (
      <div className="empty">
        <b>You have not taken a task</b>
        <p className="soft">Claim one, and nobody else decides it while you think.</p>
        <Link className="btn" href="/inbox">
          See what is for you
        </Link>
      </div>
    );
  }
  if (view === 'groups' || view === 'unassigned') {
    return (
      <div className="empty">
        <b>{view === 'groups' ? 'Nothing is open for your groups' : 'Every task has somebody'}</b>
        <p className="soft">
          {view === 'groups'
            ? 'Tasks for your roles stand here, also those that a colleague has taken.'
            : 'Tasks that nobody has taken yet stand here.'}
        </p>
      </div>
    );
  }
  return (
    <div className="empty">
      <CutLine />
      <b>Nothing is waiting for you</b>
      <p className="soft">New tasks appear here by themselves, for example when an invoice over €1,000 is submitted.</p>
      <Link className="btn" href="/invoices">
        See the invoices
      </Link>
    </div>
  );
}
