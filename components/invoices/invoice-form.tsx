'use client';
import { useRouter } from 'next/navigation';
import { useRef, useState, useTransition } from 'react';
import { currencies, formatCents, MAX_LINES, type Currency } from '@/lib/invoices/amounts';
import type { InvoiceInput } from '@/lib/invoices/invoiceInput';
import { unreachable, type ActionAnswer, type FieldProblem } from '@/components/ui/action-types';
import { tellBarHeight } from '@/components/ui/bar-height';
import { Icon } from '@/components/ui/icons';
import { OnceAlive } from '@/components/ui/once-alive';
import { useToast } from '@/components/ui/toast';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import {
  controlId,
  draftTotal,
  emptyDraft,
  emptyLine,
  lineSum,
  problemAt,
  type DraftLine,
  type InvoiceDraft,
} from './draft';
import { ErrorNote, Field } from '@/components/ui/field';

/** Where a decision begins to be asked, for the hint beside the amount. */
const askedAboveCents = 100_000;

/** What checks a draft is needed when it is sent; it is loaded while somebody types. */
const loadRules = () => import('./check-draft');

export function InvoiceForm({
  create,
}: {
  readonly create: (
    input: InvoiceInput,
  ) => Promise<ActionAnswer<{ readonly invoiceId: string; readonly invoiceNumber: string }>>;
}) {
  const router = useRouter();
  const toast = useToast();
  const [draft, setDraft] = useState<InvoiceDraft>(emptyDraft);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const nextKey = useRef(2);
  const summary = useRef<HTMLDivElement>(null);
  const focusOnceShown = useFocusOnceShown();

  const change = (part: Partial<InvoiceDraft>, path?: string) => {
    setDraft((current) => ({ ...current, ...part }));
    // A field that is being mended stops complaining; the next attempt checks it again.
    if (path !== undefined)
      setProblems((all) => all.filter((problem) => problem.path !== path && problem.path !== '/lines'));
  };
  const changeLine = (at: number, part: Partial<DraftLine>, path: string) =>
    change({ lines: draft.lines.map((line, index) => (index === at ? { ...line, ...part } : line)) }, path);

  const tell = (found: readonly FieldProblem[], message: string | null) => {
    setProblems(found);
    setFailure(message);
    focusOnceShown(() => summary.current);
  };

  const submit = () =>
    startTransition(async () => {
      const rules = await loadRules().catch(() => null);
      if (!rules) {
        tell([], unreachable);
        return;
      }
      const checked = rules.checkDraft(draft);
      if (!checked.ok) {
        tell(checked.problems, null);
        return;
      }
      setProblems([]);
      setFailure(null);
      const answer = await create(checked.input).catch(() => null);
      if (answer?.ok) {
        toast(`${answer.value.invoiceNumber} is on its way`);
        router.push(`/invoices/${answer.value.invoiceId}`);
      } else {
        tell(answer?.fieldErrors ?? [], answer ? answer.message : unreachable);
      }
    });

  const total = draftTotal(draft);
  return (
    <form
      className="new-form"
      noValidate
      onFocus={() => void loadRules().catch(() => undefined)}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {problems.length > 0 || failure ? (
        <div className="errsum" role="alert" tabIndex={-1} ref={summary}>
          <h2>
            <Icon name="alert" />
            {problems.length > 0 ? summaryTitle(problems.length) : failure}
          </h2>
          <ul>
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                <a href={`#${controlId(problem.path)}`}>{withPlace(problem, draft.lines.length)}</a>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <OnceAlive>
        <div className="pair">
          <Field id="invoice-customer" label="Customer" problem={problemAt(problems, '/customer')}>
            {(control) => (
              <input
                {...control}
                className="input"
                autoComplete="off"
                value={draft.customer}
                onChange={(event) => change({ customer: event.target.value }, '/customer')}
              />
            )}
          </Field>
          <Field id="invoice-currency" label="Currency" problem={problemAt(problems, '/currency')}>
            {(control) => (
              <span className="select">
                <select
                  {...control}
                  className="input"
                  value={draft.currency}
                  onChange={(event) => change({ currency: event.target.value as Currency }, '/currency')}
                >
                  {currencies.map((currency) => (
                    <option key={currency}>{currency}</option>
                  ))}
                </select>
                <Icon name="down" />
              </span>
            )}
          </Field>
        </div>

        <fieldset className="lines-f">
          <legend className="label">What was delivered</legend>
          <ErrorNote id="lines-problem" message={problemAt(problems, '/lines')} />
          <ol>
            {draft.lines.map((line, at) => (
              <LineFields
                key={line.key}
                line={line}
                at={at}
                currency={draft.currency}
                problems={problems}
                onChange={(part, path) => changeLine(at, part, path)}
                onRemove={
                  draft.lines.length > 1
                    ? () => {
                        change({ lines: draft.lines.filter((_, index) => index !== at) });
                        setProblems([]);
                      }
                    : undefined
                }
              />
            ))}
          </ol>
          <div className="sum-row">
            {draft.lines.length < MAX_LINES ? (
              <button
                className="btn btn-ghost"
                type="button"
                onClick={() => {
                  const at = draft.lines.length;
                  change({ lines: [...draft.lines, emptyLine(nextKey.current++)] });
                  focusOnceShown(() => document.getElementById(`line-${at}-description`));
                }}
              >
                <Icon name="plus" />
                Add a line
              </button>
            ) : null}
            <p className="total">
              <span>Amount</span>
              <output className="tnum">{formatCents({ cents: total, currency: draft.currency })}</output>
            </p>
          </div>
          <p className="help total-help">
            {total > askedAboveCents
              ? 'A manager decides on amounts over 1,000.00.'
              : 'Up to 1,000.00 it is approved at once.'}
          </p>
        </fieldset>

        <Field
          id="invoice-note"
          label="Note"
          optional
          help="Whoever decides reads this first."
          problem={problemAt(problems, '/note')}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              value={draft.note}
              onChange={(event) => change({ note: event.target.value }, '/note')}
            />
          )}
        </Field>
        <label className="row urgent">
          <input
            className="check"
            type="checkbox"
            checked={draft.isUrgent}
            onChange={(event) => change({ isUrgent: event.target.checked })}
          />
          This one is urgent
        </label>

        <div className="bar" ref={tellBarHeight}>
          <button className="btn btn-primary" type="submit" aria-busy={pending} disabled={pending}>
            {pending ? <Icon name="retrying" /> : null}
            Submit invoice
          </button>
          <button className="btn btn-ghost" type="button" onClick={() => router.push('/invoices')}>
            Cancel
          </button>
        </div>
      </OnceAlive>
    </form>
  );
}

function LineFields({
  line,
  at,
  currency,
  problems,
  onChange,
  onRemove,
}: {
  readonly line: DraftLine;
  readonly at: number;
  readonly currency: string;
  readonly problems: readonly FieldProblem[];
  readonly onChange: (part: Partial<DraftLine>, path: string) => void;
  readonly onRemove: (() => void) | undefined;
}) {
  const sum = lineSum(line);
  const path = (part: string) => `/lines/${at}/${part}`;
  return (
    <li className="line">
      <Field id={`line-${at}-description`} label="Item" problem={problemAt(problems, path('description'))}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoComplete="off"
            value={line.description}
            onChange={(event) => onChange({ description: event.target.value }, path('description'))}
          />
        )}
      </Field>
      <Field id={`line-${at}-quantity`} label="Quantity" problem={problemAt(problems, path('quantity'))}>
        {(control) => (
          <input
            {...control}
            className="input tnum"
            inputMode="numeric"
            autoComplete="off"
            value={line.quantity}
            onChange={(event) => onChange({ quantity: event.target.value }, path('quantity'))}
          />
        )}
      </Field>
      <Field id={`line-${at}-unitCents`} label="Price each" problem={problemAt(problems, path('unitCents'))}>
        {(control) => (
          <input
            {...control}
            className="input tnum"
            inputMode="decimal"
            autoComplete="off"
            placeholder="0.00"
            value={line.unit}
            onChange={(event) => onChange({ unit: event.target.value }, path('unitCents'))}
          />
        )}
      </Field>
      <p className="line-sum tnum">
        <span className="vh">Line {at + 1} comes to </span>
        {sum === null ? '–' : formatCents({ cents: sum, currency })}
      </p>
      {onRemove ? (
        <button
          className="btn btn-ghost btn-icon"
          type="button"
          aria-label={`Remove line ${at + 1}`}
          onClick={onRemove}
        >
          <Icon name="x" />
        </button>
      ) : (
        <span />
      )}
    </li>
  );
}

function summaryTitle(count: number): string {
  return count === 1
    ? 'One field needs a change before this can go'
    : `${count} fields need a change before this can go`;
}

/** With several lines, the summary says which one it means. */
function withPlace(problem: FieldProblem, lineCount: number): string {
  const line = /^\/lines\/(\d+)\//.exec(problem.path)?.[1];
  return line !== undefined && lineCount > 1 ? `Line ${Number(line) + 1}: ${problem.message}` : problem.message;
}
