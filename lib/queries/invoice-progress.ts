/**
 * Where an invoice is, in plain words: a fold of the log of the execution that handles it. No ids, no technical words.
 * Who holds an open task is no part of the log, so the tasks are given besides.
 */

/** The entries that say something to the person who submitted the invoice. */
export interface ProgressEntry {
  readonly kind: string;
  /** ISO 8601. */
  readonly at: string;
  readonly taskId?: string;
  readonly outcome?: string | null;
  readonly status?: string;
  readonly by?: string | null;
  readonly candidateRoles?: readonly string[];
  readonly candidateUsers?: readonly string[];
}

export interface ProgressTask {
  readonly taskId: string;
  readonly isOpen: boolean;
  readonly assignee: string | null;
  readonly dueAt: string | null;
}

export interface ProgressInvoice {
  readonly status: 'submitted' | 'approved' | 'rejected';
  readonly submittedBy: string;
  readonly submittedAt: string;
}

export type StepTone = 'done' | 'person' | 'run' | 'fail' | 'quiet';

export interface ProgressStep {
  readonly title: string;
  readonly tone: StepTone;
  /** Past, the present one, or still to come. */
  readonly when: 'past' | 'now' | 'next';
  /** ISO 8601: when it happened, or since when it lasts. */
  readonly at: string | null;
  /** ISO 8601: until when an answer is expected. */
  readonly dueAt: string | null;
  readonly detail: string | null;
}

export interface ProgressInput {
  readonly invoice: ProgressInvoice;
  /** The execution's entries in order; null when nothing handles invoices in this tenant. */
  readonly entries: readonly ProgressEntry[] | null;
  readonly tasks: readonly ProgressTask[];
  readonly reader: string;
  /** First name of a person. */
  readonly nameOf: (userId: string) => string;
}

interface StepParts {
  readonly title: string;
  readonly tone: StepTone;
  readonly when: ProgressStep['when'];
  readonly at?: string | null;
  readonly dueAt?: string | null;
  readonly detail?: string | null;
}

const step = ({ at = null, dueAt = null, detail = null, ...parts }: StepParts): ProgressStep => ({
  ...parts,
  at,
  dueAt,
  detail,
});

export function progressSteps({ invoice, entries, tasks, reader, nameOf }: ProgressInput): readonly ProgressStep[] {
  const who = (userId: string) => (userId === reader ? 'You' : nameOf(userId));
  const steps: ProgressStep[] = [
    step({ title: `${who(invoice.submittedBy)} submitted it`, tone: 'done', when: 'past', at: invoice.submittedAt }),
  ];
  if (entries === null) {
    steps.push(
      step({
        title: 'Nobody handles invoices here yet',
        tone: 'quiet',
        when: 'now',
        detail: 'It is stored. Ask an administrator to attach a workflow to submitted invoices.',
      }),
    );
    return steps;
  }

  let asked = 0;
  let hasEnded = false;
  for (const entry of entries) {
    if (entry.kind === 'task_created') {
      const waiting = waitingStep({ entry, tasks, isAgain: asked > 0, reader, nameOf });
      if (waiting) steps.push(waiting);
      asked += 1;
    } else if (entry.kind === 'task_ended') {
      steps.push(endedStep(entry, who));
    } else if (entry.kind === 'execution_completed') {
      hasEnded = true;
      steps.push(finalStep(invoice, entry.at, asked === 0));
    } else if (isBrokenEnd(entry.kind)) {
      hasEnded = true;
      steps.push(
        step({
          title: 'It stopped because of an error on our side',
          tone: 'fail',
          when: 'now',
          at: entry.at,
          detail: 'Nothing of it is lost. Ask an administrator to look at it.',
        }),
      );
    }
  }

  if (hasEnded) return steps;
  if (!steps.some((shown) => shown.when === 'now')) {
    steps.push(
      step({ title: asked > 0 ? 'The decision is being booked' : 'It is being checked', tone: 'run', when: 'now' }),
    );
  }
  steps.push(
    step({
      title: 'You see the decision here',
      tone: 'quiet',
      when: 'next',
      detail: 'This page follows along by itself',
    }),
  );
  return steps;
}

function waitingStep({
  entry,
  tasks,
  isAgain,
  reader,
  nameOf,
}: {
  readonly entry: ProgressEntry;
  readonly tasks: readonly ProgressTask[];
  readonly isAgain: boolean;
  readonly reader: string;
  readonly nameOf: (userId: string) => string;
}): ProgressStep | null {
  const task = tasks.find((candidate) => candidate.taskId === entry.taskId);
  if (!task?.isOpen) return null;
  const holder = task.assignee;
  const whom =
    holder === null
      ? whomText({ roles: entry.candidateRoles ?? [], people: (entry.candidateUsers ?? []).map(nameOf) })
      : holder === reader
        ? 'you'
        : nameOf(holder);
  return step({
    title: `Waiting for ${whom}`,
    tone: 'person',
    when: 'now',
    at: entry.at,
    dueAt: task.dueAt,
    detail: isAgain ? 'The first decision did not come in time' : null,
  });
}

/** "a manager", "an administrator or Mia", "somebody": who is asked. */
export function whomText({
  roles,
  people,
}: {
  readonly roles: readonly string[];
  readonly people: readonly string[];
}): string {
  const all = [...roles.map((role) => `${/^[aeiou]/i.test(role) ? 'an' : 'a'} ${role}`), ...people];
  return all.length === 0 ? 'somebody' : all.join(' or ');
}

function endedStep(entry: ProgressEntry, who: (userId: string) => string): ProgressStep {
  const person = entry.by ? who(entry.by) : null;
  const past = { when: 'past', at: entry.at } as const;
  if (entry.status === 'expired') return step({ title: 'Nobody decided in time', tone: 'quiet', ...past });
  if (entry.status === 'canceled') return step({ title: 'The question was withdrawn', tone: 'quiet', ...past });
  if (entry.status === 'declined') {
    return step({ title: `${person ?? 'Somebody'} passed it back`, tone: 'quiet', ...past });
  }
  const verbs: Readonly<Record<string, string>> = { approve: 'approved', reject: 'rejected' };
  const verb = (entry.outcome && verbs[entry.outcome]) ?? 'decided on';
  return step({
    title: `${person ?? 'Somebody'} ${verb} it`,
    tone: entry.outcome === 'reject' ? 'fail' : 'done',
    ...past,
  });
}

function finalStep(invoice: ProgressInvoice, at: string, isAutomatic: boolean): ProgressStep {
  if (invoice.status === 'submitted') {
    return step({ title: 'Finished without a decision', tone: 'quiet', when: 'past', at });
  }
  const tone = invoice.status === 'approved' ? 'done' : 'fail';
  if (!isAutomatic) return step({ title: `Booked as ${invoice.status}`, tone, when: 'past', at });
  const title = invoice.status === 'approved' ? 'Approved' : 'Rejected';
  return step({ title, tone, when: 'past', at, detail: 'Amounts up to 1,000.00 need no decision' });
}

function isBrokenEnd(kind: string): boolean {
  return kind === 'execution_failed' || kind === 'execution_canceled' || kind === 'execution_terminated';
}
