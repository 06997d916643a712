'use client';
import Link from 'next/link';
import { useState } from 'react';
import type { DeadLetter } from '@/lib/queries/deadLetters';
import { ActProblem } from '@/components/ui/act-problem';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { useAct, type ActFailure } from '@/components/ui/use-act';

type Redrive = (input: { readonly deadLetterId: string }) => Promise<ActionAnswer>;

const words: Readonly<Record<DeadLetter['kind'], string>> = {
  poison: 'Ends its workers',
  bad_row: 'Cannot be written',
  undeliverable: 'Came too late',
};

/** What was put aside, with the way back for each. */
export function DeadLettersTable({
  letters,
  mayRedrive,
  redrive,
}: {
  readonly letters: readonly DeadLetter[];
  readonly mayRedrive: boolean;
  readonly redrive: Redrive;
}) {
  const [failure, setFailure] = useState<ActFailure | null>(null);
  return (
    <>
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of dead letters">
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Execution</th>
              <th scope="col" className="c-o">
                Reason
              </th>
              <th scope="col" className="r c-o">
                Strikes
              </th>
              <th scope="col" className="c-o">
                Put aside
              </th>
              <th scope="col">Redrive</th>
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <tr key={letter.deadLetterId}>
                <td>
                  <span className={`st tone-${letter.redrivenAt ? 'quiet' : 'fail'}`}>
                    <Icon name={letter.redrivenAt ? 'check' : 'alert'} />
                    {words[letter.kind]}
                  </span>
                </td>
                <td>
                  <Link href={`/admin/executions/${letter.executionId}`}>{letter.workflowName}</Link>
                  <span className="sub mono c-o">{letter.executionId}</span>
                  <span className="only-s">{letter.reason}</span>
                </td>
                <td className="c-o why">{letter.reason}</td>
                <td className="r c-o">{letter.strikes}</td>
                <td className="c-o">
                  <Time at={letter.createdAt} />
                </td>
                <td>
                  {letter.redrivenAt ? (
                    <span className="soft">
                      <Time at={letter.redrivenAt} /> by {letter.redrivenBy}
                    </span>
                  ) : mayRedrive ? (
                    <RedriveButton letter={letter} redrive={redrive} onFailure={setFailure} />
                  ) : (
                    <span className="soft">An operator can</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function RedriveButton({
  letter,
  redrive,
  onFailure,
}: {
  readonly letter: DeadLetter;
  readonly redrive: Redrive;
  readonly onFailure: (failure: ActFailure | null) => void;
}) {
  const { act, pending } = useAct(onFailure);
  return (
    <button
      className="btn"
      type="button"
      aria-label={`Redrive ${letter.workflowName} ${letter.executionId}`}
      aria-busy={pending}
      disabled={pending}
      onClick={() => act(() => redrive({ deadLetterId: letter.deadLetterId }), 'It goes on within seconds')}
    >
      <Icon name="retrying" />
      Redrive
    </button>
  );
}
