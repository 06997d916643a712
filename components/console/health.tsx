import Link from 'next/link';
import type { PlatformHealth, TenantHealth, WorkerHealth } from '@/lib/queries/health';
import { CopyText } from '@/components/ui/copy-text';
import { Icon, type IconName } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';

interface Figure {
  readonly word: string;
  readonly value: number;
  readonly href?: string;
  /** Somebody must act: only then is a number red. */
  readonly isBad?: boolean;
  readonly hint: string;
}

function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="figs">
      {figures.map((figure) => (
        <div key={figure.word} className={figure.isBad ? 'is-bad' : undefined}>
          <dt>{figure.word}</dt>
          <dd className="tnum">
            {figure.href ? (
              <Link href={figure.href}>{figure.value.toLocaleString('en')}</Link>
            ) : (
              figure.value.toLocaleString('en')
            )}
          </dd>
          <dd className="hint">{figure.hint}</dd>
        </div>
      ))}
    </dl>
  );
}

export function TenantFigures({ health }: { readonly health: TenantHealth }) {
  const list = '/admin/executions';
  return (
    <Figures
      figures={[
        {
          word: 'Failed',
          value: health.failed,
          href: `${list}?status=failed`,
          isBad: health.failed > 0,
          hint: health.failed > 0 ? 'Look at the error of each' : 'Nothing has failed',
        },
        {
          word: 'Blocked on code',
          value: health.blocked,
          href: `${list}?status=blocked_on_code`,
          isBad: health.blocked > 0,
          hint: health.blocked > 0 ? 'Deploy code that fits their history' : 'All code fits its history',
        },
        {
          word: 'Running',
          value: health.running,
          href: `${list}?status=pending,running`,
          hint: 'At work or about to be',
        },
        {
          word: 'Waiting',
          value: health.waiting,
          href: `${list}?status=waiting`,
          hint: 'For people, events and times',
        },
        {
          word: 'Open tasks',
          value: health.openTasks,
          href: `${list}?waiting=person`,
          hint: health.overdueTasks > 0 ? `${health.overdueTasks} of them late` : 'None is late',
        },
        {
          word: 'Events not taken yet',
          value: health.inbox,
          isBad: health.inbox > 1000,
          hint: 'In the inbox of an execution',
        },
        {
          word: 'Timers overdue',
          value: health.overdueTimers,
          isBad: health.overdueTimers > 100,
          hint: 'They fire when a worker sees them',
        },
        {
          word: 'Mails to send',
          value: health.mail.pending,
          isBad: health.mail.failed > 0,
          hint: mailHint(health.mail),
        },
      ]}
    />
  );
}

function mailHint({ isOn, pending, failed }: TenantHealth['mail']): string {
  if (failed > 0) return `${failed.toLocaleString('en')} could not be sent since yesterday`;
  if (isOn) return 'About tasks, by SMTP';
  return pending > 0 ? 'No process that sends mail is seen' : 'Mail is off: no server is set';
}

export function PlatformFigures({ health, nowMs }: { readonly health: PlatformHealth; readonly nowMs: number }) {
  const alive = health.workers.filter((worker) => worker.isAlive).length;
  const free = health.partitions.all - health.partitions.owned;
  const oldestMs = health.inbox.oldestAt === null ? 0 : nowMs - Date.parse(health.inbox.oldestAt);
  return (
    <Figures
      figures={[
        {
          word: 'Workers alive',
          value: alive,
          isBad: alive === 0,
          hint: alive === 0 ? 'Start one: nothing moves until then' : 'Heartbeat within their lease',
        },
        {
          word: 'Partitions without owner',
          value: free,
          isBad: free > 0,
          hint: `${health.partitions.owned} of ${health.partitions.all} are owned`,
        },
        {
          word: 'Events not taken yet',
          value: health.inbox.rows,
          isBad: oldestMs > 60_000,
          hint: oldestMs > 60_000 ? 'The oldest is more than a minute old' : 'The oldest is fresh',
        },
        {
          word: 'Timers overdue',
          value: health.timers.overdue,
          isBad: health.timers.overdue > 100,
          hint: `${health.timers.pending.toLocaleString('en')} are set`,
        },
        {
          word: 'Events to fan out',
          value: health.eventsToFanOut,
          isBad: health.eventsToFanOut > 1000,
          hint: 'Stored, waits not looked for yet',
        },
      ]}
    />
  );
}

export function WorkersTable({ workers }: { readonly workers: readonly WorkerHealth[] }) {
  if (workers.length === 0) {
    return (
      <div className="empty">
        <b>No worker has ever reported</b>
        <p className="soft">Workers run the code of the workflows. Start the product, it brings one along:</p>
        <code className="code" tabIndex={0}>
          npm start -- --workers 3
        </code>
      </div>
    );
  }
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of workers">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Status</th>
            <th scope="col" className="r">
              Partitions
            </th>
            <th scope="col">Heartbeat</th>
            <th scope="col">Started</th>
            <th scope="col">Code</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => {
            const look = lookOf(worker);
            return (
              <tr key={worker.workerId}>
                <td>
                  <CopyText text={worker.workerId} label="worker id" />
                  <span className="sub">
                    {worker.host}, process {worker.pid}
                  </span>
                </td>
                <td>
                  <span className={`st tone-${look.tone}`} title={worker.fencedReason ?? undefined}>
                    <Icon name={look.icon} />
                    {look.word}
                  </span>
                </td>
                <td className="r">{worker.partitions}</td>
                <td>{worker.heartbeatAt ? <Time at={worker.heartbeatAt} /> : '–'}</td>
                <td>
                  <Time at={worker.startedAt} />
                </td>
                <td className="mono">{worker.codeVersion}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function lookOf(worker: WorkerHealth): { readonly icon: IconName; readonly tone: string; readonly word: string } {
  if (worker.isAlive) return { icon: 'completed', tone: 'done', word: 'Alive' };
  if (worker.fencedAt) return { icon: 'terminated', tone: 'quiet', word: 'Fenced' };
  return { icon: 'failed', tone: 'fail', word: 'Silent' };
}

export function TenantsTable({ tenants }: { readonly tenants: PlatformHealth['tenants'] }) {
  if (tenants.length === 0) return null;
  return (
    <table className="tbl tenants">
      <thead>
        <tr>
          <th scope="col">Tenant</th>
          <th scope="col" className="r">
            Executions
          </th>
          <th scope="col" className="r">
            Failed
          </th>
        </tr>
      </thead>
      <tbody>
        {tenants.map((row) => (
          <tr key={row.tenant}>
            <td className="mono">{row.tenant}</td>
            <td className="r">{row.executions.toLocaleString('en')}</td>
            <td className="r">{row.failed.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
