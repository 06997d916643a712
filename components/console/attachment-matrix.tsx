'use client';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { AttachableWorkflow, AttachmentMatrix as Matrix } from '@/lib/queries/attachments';
import { ActProblem } from '@/components/ui/act-problem';
import { unreachable, type ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { useAct, type ActFailure } from '@/components/ui/use-act';

export type AttachmentAction = (input: {
  readonly eventType: string;
  readonly workflowId: string;
}) => Promise<ActionAnswer>;

interface Acts {
  readonly attach: AttachmentAction;
  readonly detach: AttachmentAction;
}

/** Event types by workflows: one switch each. */
export function AttachmentMatrix({
  matrix,
  mayManage,
  attach,
  detach,
}: Acts & { readonly matrix: Matrix; readonly mayManage: boolean }) {
  const [failure, setFailure] = useState<ActFailure | null>(null);
  return (
    <>
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      <div className="scroll" tabIndex={0} role="region" aria-label="Attachments">
        <table className="tbl att">
          <thead>
            <tr>
              <th scope="col">Event type</th>
              {matrix.workflows.map((workflow) => (
                <th scope="col" key={workflow.workflowId}>
                  <WorkflowHead workflow={workflow} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.rows.map((row) => (
              <tr key={row.eventType}>
                <th scope="row">
                  <span className="mono">{row.eventType}</span>
                  <span className="sub">
                    {row.lastSeenAt ? (
                      <>
                        seen {row.seen.toLocaleString('en')} times, last <Time at={row.lastSeenAt} />
                      </>
                    ) : (
                      'not seen here yet'
                    )}
                  </span>
                </th>
                {row.links.map((link) => (
                  <td key={link.workflowId}>
                    <Switch
                      label={`${row.eventType} starts ${matrix.workflows.find((one) => one.workflowId === link.workflowId)?.name ?? ''}`}
                      isOn={link.isActive}
                      mayChange={mayManage}
                      eventType={row.eventType}
                      workflowId={link.workflowId}
                      attach={attach}
                      detach={detach}
                      onFailure={setFailure}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function WorkflowHead({ workflow }: { readonly workflow: AttachableWorkflow }) {
  return (
    <span className="wf-h" title={workflow.description ?? undefined}>
      <b>
        {workflow.name}
        <span className="muted">@{workflow.version}</span>
      </b>
      <span className="tag">{workflow.isSystem ? 'system' : 'tenant'}</span>
    </span>
  );
}

function Switch({
  label,
  isOn,
  mayChange,
  eventType,
  workflowId,
  attach,
  detach,
  onFailure,
}: Acts & {
  readonly label: string;
  readonly isOn: boolean;
  readonly mayChange: boolean;
  readonly eventType: string;
  readonly workflowId: string;
  readonly onFailure: (failure: ActFailure | null) => void;
}) {
  const { act, pending } = useAct(onFailure);
  if (!mayChange) {
    return (
      <span className={`st tone-${isOn ? 'done' : 'quiet'}`}>
        <Icon name={isOn ? 'check' : 'minus'} />
        {isOn ? 'Attached' : 'Not attached'}
      </span>
    );
  }
  return (
    <button
      className="switch"
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={label}
      aria-busy={pending}
      onClick={() =>
        act(() => (isOn ? detach : attach)({ eventType, workflowId }), isOn ? `${label} no longer` : label)
      }
    >
      <i />
      {isOn ? 'Attached' : 'Attach'}
    </button>
  );
}

/** Attaches an event type that the matrix does not have yet. */
export function AttachForm({
  workflows,
  attach,
}: {
  readonly workflows: readonly AttachableWorkflow[];
  readonly attach: AttachmentAction;
}) {
  const router = useRouter();
  const toast = useToast();
  const [eventType, setEventType] = useState('');
  const [workflowId, setWorkflowId] = useState(workflows[0]?.workflowId ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  return (
    <form
      className="att-new"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setProblem(null);
        startTransition(async () => {
          const input = { eventType: eventType.trim(), workflowId };
          const answer = await attach(input).catch(() => null);
          if (answer?.ok) {
            toast(`${input.eventType} is attached`);
            setEventType('');
            router.refresh();
          } else {
            setProblem(answer ? (answer.fieldErrors?.[0]?.message ?? answer.message) : unreachable);
          }
        });
      }}
    >
      <div className="field">
        <label className="label" htmlFor="att-event">
          Event type
        </label>
        <input
          className="input mono"
          id="att-event"
          placeholder="ORDER_PLACED"
          autoComplete="off"
          value={eventType}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'att-problem' : undefined}
          onChange={(event) => setEventType(event.target.value)}
        />
      </div>
      <div className="field">
        <label className="label" htmlFor="att-workflow">
          Starts
        </label>
        <span className="select">
          <select
            className="input"
            id="att-workflow"
            value={workflowId}
            onChange={(event) => setWorkflowId(event.target.value)}
          >
            {workflows.map((workflow) => (
              <option key={workflow.workflowId} value={workflow.workflowId}>
                {workflow.name}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </span>
      </div>
      <button className="btn" type="submit" aria-busy={pending} disabled={pending}>
        <Icon name={pending ? 'retrying' : 'plug'} />
        Attach
      </button>
      {problem ? (
        <p className="err" id="att-problem" role="alert">
          <Icon name="failed" />
          {problem}
        </p>
      ) : null}
    </form>
  );
}
