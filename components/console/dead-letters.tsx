'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { DeadLetter } from '@/lib/queries/deadLetters';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';

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
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      {problem ? (
        <p className="note tone-fail" role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      ) : null}
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of dead letters">
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Execution</th>
              <th scope="col">Reason</th>
              <th scope="col" className="r">
                Strikes
              </th>
              <th scope="col">Put aside</th>
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
                  <span className="sub mono">{letter.executionId}</span>
                </td>
                <td>{letter.reason}</td>
                <td className="r">{letter.strikes}</td>
                <td>
                  <Time at={letter.createdAt} />
                </td>
                <td>
                  {letter.redrivenAt ? (
                    <span className="soft">
                      <Time at={letter.redrivenAt} /> by {letter.redrivenBy}
                    </span>
                  ) : mayRedrive ? (
                    <RedriveButton letter={letter} redrive={redrive} onProblem={setProblem} />
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
  onProblem,
}: {
  readonly letter: DeadLetter;
  readonly redrive: Redrive;
  readonly onProblem: (problem: string | null) => void;
}) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  return (
    <button
      className="btn"
      type="button"
      aria-label={`Redrive ${letter.workflowName} ${letter.executionId}`}
      aria-busy={pending}
      disabled={pending}
      onClick={() => {
        onProblem(null);
        startTransition(async () => {
          const answer = await redrive({ deadLetterId: letter.deadLetterId }).catch(() => null);
          if (answer?.ok) toast('It goes on within seconds');
          else onProblem(answer?.message ?? unreachable);
          router.refresh();
        });
      }}
    >
      <Icon name="retrying" />
      Redrive
    </button>
  );
}
