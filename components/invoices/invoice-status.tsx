import type { ProgressStep, StepTone } from '@/lib/queries/invoice-progress';
import type { InvoiceStage, InvoiceStatus } from '@/lib/queries/invoices';
import { Icon, type IconName } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';

interface InvoiceLook {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: StepTone;
}

function lookOf(status: InvoiceStatus, stage: InvoiceStage | null): InvoiceLook {
  if (status === 'approved') return { icon: 'completed', word: 'Approved', tone: 'done' };
  if (status === 'rejected') return { icon: 'failed', word: 'Rejected', tone: 'fail' };
  switch (stage?.kind) {
    case 'waiting':
      return { icon: 'wperson', word: `Waiting for ${stage.whom}`, tone: 'person' };
    case 'stopped':
      return { icon: 'alert', word: 'Stopped by an error', tone: 'fail' };
    case 'unhandled':
      return { icon: 'pending', word: 'Not handled yet', tone: 'quiet' };
    case 'working':
    case undefined:
      return { icon: 'running', word: 'Under way', tone: 'run' };
  }
}

/** The status of an invoice: icon, word and colour; while it is under way, what it waits for. */
export function InvoiceStatusMark({
  status,
  stage,
  badge = false,
}: {
  readonly status: InvoiceStatus;
  readonly stage: InvoiceStage | null;
  readonly badge?: boolean;
}) {
  const look = lookOf(status, stage);
  return (
    <span className={`st${badge ? ' badge' : ''} tone-${look.tone}`}>
      <Icon name={look.icon} />
      {look.word}
    </span>
  );
}

/** "Where it is": what happened, what is happening, what comes next. */
export function ProgressList({ steps }: { readonly steps: readonly ProgressStep[] }) {
  return (
    <ol className="steps">
      {steps.map((step, at) => (
        <li
          key={`${at} ${step.title}`}
          className={`step is-${step.when} tone-${step.tone}`}
          aria-current={step.when === 'now' ? 'step' : undefined}
        >
          <span className="dot">
            <Icon name={stepIcon(step)} />
          </span>
          <div>
            <b>{step.title}</b>
            <StepTimes step={step} />
            {step.detail ? <p>{step.detail}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepTimes({ step }: { readonly step: ProgressStep }) {
  if (step.at === null) return null;
  return (
    <p>
      {step.when === 'now' ? 'Since ' : ''}
      <Time at={step.at} style="calendar" />
      {step.when === 'now' && step.dueAt ? (
        <>
          , an answer is expected by <Time at={step.dueAt} style="calendar" />
        </>
      ) : null}
    </p>
  );
}

function stepIcon(step: ProgressStep): IconName {
  if (step.when === 'next') return 'pending';
  if (step.tone === 'person') return 'wperson';
  if (step.tone === 'run') return 'running';
  if (step.tone === 'fail') return step.when === 'now' ? 'alert' : 'x';
  return step.tone === 'done' ? 'check' : 'expired';
}
