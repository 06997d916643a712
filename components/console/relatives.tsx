import Link from 'next/link';
import type { Fork, Kin, Relative } from '@/lib/queries/kin';
import { executionLook, Status } from '@/components/ui/status';

/** Executions that belong to this one, each with how it stands; nothing where there are none. */
export function Relatives({ kin }: { readonly kin: Kin }) {
  const groups = groupsOf(kin);
  if (groups.length === 0) return null;
  return (
    <section className="kin" aria-labelledby="relatives">
      <h2 id="relatives">Related</h2>
      <dl>
        {groups.map(({ word, relatives }) => (
          <div key={word}>
            <dt>{word}</dt>
            {relatives.map((relative) => (
              <dd key={relative.executionId}>
                <Link href={`/admin/executions/${relative.executionId}`}>{nameOf(relative)}</Link>
                {'atSeq' in relative ? <span className="muted"> at entry {relative.atSeq}</span> : null}{' '}
                <Status look={executionLook({ status: relative.status, waitingFor: null, retrying: false })} />
              </dd>
            ))}
          </div>
        ))}
      </dl>
      {kin.hasMore ? <p className="muted">There are more; these are the oldest.</p> : null}
    </section>
  );
}

interface Group {
  readonly word: string;
  readonly relatives: readonly (Relative | Fork)[];
}

function groupsOf(kin: Kin): readonly Group[] {
  const one = (word: string, relative: Relative | Fork | null): Group => ({
    word,
    relatives: relative ? [relative] : [],
  });
  const groups = [
    one('Parent', kin.parent),
    one('Forked from', kin.forkedFrom),
    one('Run before', kin.continuedFrom),
    one('Next run', kin.continuedTo),
    // Often the next run is the current one, too.
    one('Current run', kin.currentRun?.executionId === kin.continuedTo?.executionId ? null : kin.currentRun),
    { word: 'Children', relatives: kin.children },
    { word: 'Forks', relatives: kin.forks },
  ];
  return groups.filter(({ relatives }) => relatives.length > 0);
}

/** Relatives often share a subject: the id tells them apart. */
function nameOf({ workflowName, subject, executionId }: Relative): string {
  return `${subject ?? workflowName} ${executionId.slice(-6)}`;
}
