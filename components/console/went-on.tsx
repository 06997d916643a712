import { isEnded } from '@shared/workflow/model/status';
import Link from 'next/link';
import type { Relative } from '@/lib/queries/kin';
import { Icon } from '@/components/ui/icons';
import { executionLook, Status } from '@/components/ui/status';

/** Where an earlier run of a chain leads, and whom a decision about it reaches. */
export function WentOn({ current, mayOperate }: { readonly current: Relative; readonly mayOperate: boolean }) {
  return (
    <p className="note tone-quiet broken">
      <Icon name="continued" />
      <span>
        <b>It went on as a new run.</b> Its{' '}
        <Link href={`/admin/executions/${current.executionId}`}>current run {current.executionId.slice(-6)}</Link> is
        now: <Status look={executionLook({ status: current.status })} />.
        {mayOperate && !isEnded(current.status) ? ' What is decided here is told to the current run.' : null}
      </span>
    </p>
  );
}
