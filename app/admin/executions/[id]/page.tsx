import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { DownloadJson } from '@/components/console/download-json';
import { ExecutionActs, type ExecutionActions } from '@/components/console/execution-acts';
import { ExecutionView } from '@/components/console/execution-view';
import { Relatives } from '@/components/console/relatives';
import { waitingFor } from '@/components/console/waiting-for';
import { WaitingStrip } from '@/components/console/waiting-strip';
import { WentOn } from '@/components/console/went-on';
import { CopyText } from '@/components/ui/copy-text';
import { ErrorHelp } from '@/components/ui/error-help';
import { Icon } from '@/components/ui/icons';
import { LiveRefresh } from '@/components/ui/live-refresh';
import { executionLook, Status } from '@/components/ui/status';
import { Time } from '@/components/ui/time';
import { can, requireTenantPermission } from '@/lib/auth';
import { hasErrorPage } from '@/lib/error-pages/readErrorPage';
import { getExecution, type ExecutionHeader } from '@/lib/queries/execution';
import type { Kin } from '@/lib/queries/kin';
import {
  cancelExecutionAction,
  forkExecutionAction,
  pauseExecutionAction,
  resumeExecutionAction,
  retryExecutionAction,
  terminateExecutionAction,
} from '../actions';

const executionActions: ExecutionActions = {
  cancel: cancelExecutionAction,
  terminate: terminateExecutionAction,
  pause: pauseExecutionAction,
  resume: resumeExecutionAction,
  retry: retryExecutionAction,
};

interface Address {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly at?: string | string[] }>;
}

/** Read once for the title and the page. Another tenant's execution does not exist here. */
const load = cache(async (executionId: string) => {
  const session = await requireTenantPermission('execution.read', { from: `/admin/executions/${executionId}` });
  const view = await getExecution({ tenant: session.tenant, executionId });
  if (!view) notFound();
  return { view, mayOperate: can(session, 'execution.operate') };
});

export async function generateMetadata({ params }: Pick<Address, 'params'>): Promise<Metadata> {
  const { header } = (await load((await params).id)).view;
  return { title: `${header.subject ?? header.executionId.slice(0, 8)}, ${header.workflowName}` };
}

export default async function ExecutionPage({ params, searchParams }: Address) {
  const { view, mayOperate } = await load((await params).id);
  const { header } = view;
  const at = Number((await searchParams).at);
  return (
    <main id="main" className="main p-execution">
      <LiveRefresh
        topics={['execution', 'task']}
        ids={[header.executionId, ...relativesIn(view.kin), ...view.tasks.map((task) => task.taskId)]}
      />
      <header className="hd">
        <div>
          <p className="crumb">
            <Link href="/admin/executions">Executions</Link>
            <Icon name="right" />
            <Link href={`/admin/executions?workflow=${encodeURIComponent(header.workflowName)}`}>
              {header.workflowName}@{header.workflowVersion}
            </Link>
          </p>
          <div className="ttl">
            <h1>{header.subject ?? `Execution ${header.executionId.slice(0, 8)}`}</h1>
            <Status
              badge
              look={executionLook({
                status: header.status,
                waitingFor: waitingFor(view.waits),
                retrying: view.actions.some((action) => action.status === 'retrying'),
              })}
            />
          </div>
          <Facts header={header} />
        </div>
        <div className="acts">
          {mayOperate ? (
            <ExecutionActs
              executionId={header.executionId}
              status={view.kin.currentRun?.status ?? header.status}
              isEarlierRun={view.kin.currentRun !== null}
              actions={executionActions}
            />
          ) : null}
          <DownloadJson view={view} />
        </div>
      </header>
      {view.kin.currentRun ? <WentOn current={view.kin.currentRun} mayOperate={mayOperate} /> : null}
      {header.errorMessage ? (
        <p className="note tone-fail broken">
          <Icon name="alert" />
          <span>
            <b>{header.status === 'blocked_on_code' ? 'It is blocked.' : 'It failed.'}</b> {header.errorMessage}{' '}
            <ErrorHelp code={hasErrorPage(header.errorCode) ? header.errorCode : null} />
          </span>
        </p>
      ) : null}
      {view.warnings.map((warning) => (
        <p key={warning.limit} className="note tone-retry broken">
          <Icon name="alert" />
          <span>
            <b>Near a limit</b> since <Time at={warning.at} />. {warning.message}
          </span>
        </p>
      ))}
      {view.stuck ? (
        <p className="note tone-block broken">
          <Icon name="alert" />
          <span>
            <b>Stuck</b> since <Time at={view.stuck.since} />. {view.stuck.why}
          </span>
        </p>
      ) : null}
      {view.deferral ? (
        <p className="note tone-block broken">
          <Icon name="retrying" />
          <span>
            <b>It waits for code.</b> The worker that owns it does not have {header.workflowName} in version{' '}
            {header.workflowVersion}. It has looked{' '}
            {view.deferral.attempts === 1 ? 'once' : `${view.deferral.attempts} times`} since{' '}
            <Time at={view.deferral.since} style="compact" />. Deploy a worker with that version, or terminate the
            execution.
          </span>
        </p>
      ) : null}
      <WaitingStrip waits={view.waits} jobs={view.jobs} entries={view.entries} />
      <Relatives kin={view.kin} />
      <ExecutionView
        // Time travel begins anew where a link leads from one execution to another.
        key={header.executionId}
        view={view}
        initialAt={Number.isInteger(at) && at > 0 ? at : null}
        fork={mayOperate ? forkExecutionAction : undefined}
      />
    </main>
  );
}

/** How relatives stand is shown too. */
function relativesIn({ parent, continuedFrom, continuedTo, currentRun, forkedFrom, children, forks }: Kin): string[] {
  return [parent, continuedFrom, continuedTo, currentRun, forkedFrom, ...children, ...forks].flatMap((relative) =>
    relative ? [relative.executionId] : [],
  );
}

/** Who started it, and by what. What started the source of a fork, the source tells. */
function Origin({ header }: { readonly header: ExecutionHeader }) {
  if (header.forkedByName !== null) return `forked by ${header.forkedByName}`;
  return (
    <>
      {'started '}
      {header.startedByEvent ? (
        <>
          by <span className="mono">{header.startedByEvent.type}</span>
        </>
      ) : (
        'directly'
      )}
      {header.startedByName ? ` from ${header.startedByName}` : null}
    </>
  );
}

function Facts({ header }: { readonly header: ExecutionHeader }) {
  return (
    <div className="facts">
      <CopyText text={header.executionId} label="execution id" />
      {header.state ? (
        <span className="row">
          state <span className="mono">{header.state}</span>
        </span>
      ) : null}
      <span className="row">
        <Origin header={header} /> <Time at={header.createdAt} />
      </span>
      {header.endedAt ? (
        <span className="row">
          ended <Time at={header.endedAt} />
        </span>
      ) : null}
    </div>
  );
}
