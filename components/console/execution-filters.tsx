import Link from 'next/link';
import type { ExecutionCounts, ExecutionFilter } from '@/lib/queries/executions';
import { Icon } from '@/components/ui/icons';
import { executionLook, executionStatusLooks } from '@/components/ui/status';
import type { ExecutionStatus } from '@shared/workflow/model/status';

const path = '/admin/executions';

interface View {
  readonly word: string;
  readonly filter: Partial<ExecutionFilter>;
  readonly count: number;
}

/** Views with what is behind them: each number is the link to its list. */
export function ExecutionViews({
  filter,
  counts,
}: {
  readonly filter: ExecutionFilter;
  readonly counts: ExecutionCounts;
}) {
  const of = (...statuses: readonly ExecutionStatus[]) =>
    statuses.reduce((sum, status) => sum + (counts.byStatus[status] ?? 0), 0);
  const views: readonly View[] = [
    { word: 'All', filter: {}, count: counts.all },
    {
      word: 'Needs someone',
      filter: { statuses: ['blocked_on_code', 'failed'] },
      count: of('failed', 'blocked_on_code'),
    },
    { word: 'Stuck', filter: { isStuck: true }, count: counts.stuck },
    { word: 'Waiting for a person', filter: { waitingFor: 'person' }, count: counts.byWait.person },
    { word: 'Waiting for an event', filter: { waitingFor: 'event' }, count: counts.byWait.event },
    { word: 'Waiting for a time', filter: { waitingFor: 'time' }, count: counts.byWait.time },
    { word: 'Running', filter: { statuses: ['pending', 'running'] }, count: of('pending', 'running') },
    { word: 'Completed', filter: { statuses: ['completed'] }, count: of('completed') },
  ];
  return (
    <nav className="tabs pad" aria-label="Views">
      {views.map((view) => {
        const target = { statuses: [], waitingFor: null, isStuck: false, ...view.filter, workflow: filter.workflow };
        return (
          <Link
            key={view.word}
            className="tab"
            href={hrefOf(target)}
            aria-current={hrefOf(target) === hrefOf(filter) ? 'page' : undefined}
          >
            {view.word} <span className="count">{view.count.toLocaleString('en')}</span>
          </Link>
        );
      })}
    </nav>
  );
}

/** The filters that act, each with its cross, and the ones that can be added. */
export function ExecutionChips({
  filter,
  counts,
}: {
  readonly filter: ExecutionFilter;
  readonly counts: ExecutionCounts;
}) {
  const waits = { person: 'a person', event: 'an event', time: 'a time' } as const;
  return (
    <div className="chips">
      {filter.statuses.length > 0 ? (
        <Chip
          label="Status is"
          value={filter.statuses.map((status) => executionLook({ status }).word.toLowerCase()).join(' or ')}
          without={hrefOf({ ...filter, statuses: [] })}
        />
      ) : null}
      {filter.waitingFor ? (
        <Chip label="Waiting for" value={waits[filter.waitingFor]} without={hrefOf({ ...filter, waitingFor: null })} />
      ) : null}
      {filter.isStuck ? <Chip label="Progress" value="stuck" without={hrefOf({ ...filter, isStuck: false })} /> : null}
      {filter.workflow ? (
        <Chip label="Workflow is" value={filter.workflow} without={hrefOf({ ...filter, workflow: null })} />
      ) : null}
      <details className="menu">
        <summary className="btn btn-ghost">
          <Icon name="plus" />
          Filter
        </summary>
        <div className="menu-pop">
          <p className="grp">Status</p>
          {executionStatusLooks.map(([status, look]) => (
            <Link
              key={status}
              className={`nav tone-${look.tone}`}
              href={hrefOf({ ...filter, waitingFor: null, isStuck: false, statuses: [status] })}
            >
              <Icon name={look.icon} />
              {look.word}
              <span className="count">{counts.byStatus[status] ?? 0}</span>
            </Link>
          ))}
          <p className="grp">Workflow</p>
          {counts.workflows.map((workflow) => (
            <Link key={workflow.name} className="nav" href={hrefOf({ ...filter, workflow: workflow.name })}>
              <Icon name="layers" />
              {workflow.name}
              <span className="count">{workflow.executions}</span>
            </Link>
          ))}
        </div>
      </details>
    </div>
  );
}

function Chip({ label, value, without }: { readonly label: string; readonly value: string; readonly without: string }) {
  return (
    <span className="chip">
      <span className="chip-t">
        <span>{label}</span> <b>{value}</b>
      </span>
      <Link className="x" href={without} aria-label={`Remove the filter: ${label} ${value}`}>
        <Icon name="x" />
      </Link>
    </span>
  );
}

/** The address of a filter; the same filter always has the same one. */
export function hrefOf(filter: ExecutionFilter, before?: string): string {
  const params = new URLSearchParams();
  if (filter.statuses.length > 0) params.set('status', filter.statuses.join(','));
  if (filter.waitingFor) params.set('waiting', filter.waitingFor);
  if (filter.workflow) params.set('workflow', filter.workflow);
  if (filter.isStuck) params.set('stuck', 'true');
  if (before) params.set('before', before);
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}
