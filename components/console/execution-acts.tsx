'use client';
import { isEnded, type ExecutionStatus } from '@shared/workflow/model/status';
import { useState } from 'react';
import { ActDialog, type ActQuestion } from '@/components/ui/act-dialog';
import { ActProblem } from '@/components/ui/act-problem';
import type { ActionAnswer } from '@/components/ui/action-types';
import { useToast } from '@/components/ui/toast';
import { useAct } from '@/components/ui/use-act';
import { useRefresh } from '@/components/ui/use-refresh';

type Decide = (input: { readonly executionId: string; readonly reason?: string }) => Promise<ActionAnswer>;

export interface ExecutionActions {
  readonly cancel: Decide;
  readonly terminate: Decide;
  readonly pause: Decide;
  readonly resume: Decide;
  readonly retry: Decide;
}

/**
 * What an operator can decide about an execution as it stands. What cannot be undone asks for a reason first. About an
 * earlier run of a chain it is decided as its current run stands, which is told.
 */
export function ExecutionActs({
  executionId,
  status,
  isEarlierRun,
  actions,
}: {
  readonly executionId: string;
  /** Of the current run. */
  readonly status: ExecutionStatus;
  readonly isEarlierRun: boolean;
  readonly actions: ExecutionActions;
}) {
  const refresh = useRefresh();
  const toast = useToast();
  const { act, pending, failure } = useAct();
  const [open, setOpen] = useState<ActQuestion | null>(null);

  const decide = (action: Decide, done: string) => act(() => action({ executionId }), done);
  const button = (verb: string, onClick: () => void) => (
    <button className="btn" type="button" aria-busy={pending} onClick={onClick}>
      {verb}
    </button>
  );
  const hasEnded = isEnded(status);
  const it = isEarlierRun ? 'The current run' : 'It';
  return (
    <>
      {!isEarlierRun && (status === 'failed' || status === 'blocked_on_code')
        ? button('Retry', () => decide(actions.retry, 'It is tried again'))
        : null}
      {status === 'paused' ? button('Resume', () => decide(actions.resume, `${it} goes on`)) : null}
      {!hasEnded && status !== 'paused' ? button('Pause', () => decide(actions.pause, `${it} is held`)) : null}
      {hasEnded ? null : (
        <>
          {button('Cancel…', () => setOpen(cancelQuestion(executionId, status, actions.cancel)))}
          {button('Terminate…', () => setOpen(terminateQuestion(executionId, actions.terminate)))}
        </>
      )}
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      {open ? (
        <ActDialog
          question={open}
          shell="console"
          onDone={() => {
            setOpen(null);
            toast(`${it} was told`);
            void refresh();
          }}
          onClose={() => {
            setOpen(null);
            void refresh();
          }}
        />
      ) : null}
    </>
  );
}

const why = { label: 'Why', isOptional: false, path: '/reason' } as const;

function cancelQuestion(executionId: string, status: ExecutionStatus, cancel: Decide): ActQuestion {
  const waits = status === 'paused' || status === 'blocked_on_code';
  return {
    title: 'Cancel this execution',
    help: waits
      ? 'Its code is told as soon as it runs again, cleans up and ends.'
      : 'Its code is told where it waits, cleans up and ends. Open tasks are withdrawn.',
    words: why,
    verb: 'Cancel the execution',
    isDanger: true,
    send: ({ words }) => cancel({ executionId, reason: words }),
  };
}

function terminateQuestion(executionId: string, terminate: Decide): ActQuestion {
  return {
    title: 'Terminate this execution',
    help: 'It ends at once and none of its code runs, not even to clean up. Open tasks are withdrawn.',
    words: why,
    verb: 'Terminate',
    isDanger: true,
    send: ({ words }) => terminate({ executionId, reason: words }),
  };
}
