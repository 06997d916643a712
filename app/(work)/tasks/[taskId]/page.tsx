import type { Metadata } from 'next';
import Link from 'next/link';
import { forbidden, notFound } from 'next/navigation';
import { cache } from 'react';
import { TaskBody } from '@/components/task/task-body';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { requireTenantPermission } from '@/lib/auth';
import { taskReaderOf } from '@/lib/auth/taskReader';
import { tenantName } from '@/lib/queries/people';
import { getTask } from '@/lib/queries/task';
import { choosablePeople } from '../../choosable-people';
import { taskActions } from '../../task-actions';

interface Address {
  readonly params: Promise<{ readonly taskId: string }>;
}

/** Read once for the title and the page. Another tenant's task does not exist here; one of other people is refused. */
const load = cache(async (taskId: string) => {
  const session = await requireTenantPermission('task.read', { from: `/tasks/${taskId}` });
  const task = await getTask({ tenant: session.tenant, taskId, reader: taskReaderOf(session) });
  if (!task) notFound();
  if (!task.access.mayRead) forbidden();
  const { tenant } = session;
  const [place, people] = await Promise.all([tenantName(tenant), choosablePeople(tenant)]);
  return { task, place, people };
});

export async function generateMetadata({ params }: Address): Promise<Metadata> {
  return { title: (await load((await params).taskId)).task.title };
}

export default async function TaskPage({ params }: Address) {
  const { task, place, people } = await load((await params).taskId);
  return (
    <main id="main" className="p-task on-surface">
      {/* The end of an execution withdraws its tasks, and is told under its own id. */}
      <LiveRefresh topics={['task']} ids={[task.taskId, task.executionId]} />
      <div className="wrap">
        <Link className="btn btn-ghost back" href="/inbox">
          <Icon name="left" />
          Inbox
        </Link>
        <TaskBody task={task} place={place} heading="h1" people={people} actions={taskActions} />
      </div>
    </main>
  );
}
