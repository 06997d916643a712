/** What time makes of a task: reminders, escalation, and what happens when its own time is over. */
import { validateSubmission } from '../../forms/server/validator';
import type { AutomaticOutcome, TaskEscalation } from '../model/commands';
import { instantMs } from '../model/durations';
import { InvalidInputError, ValidationFailedError } from '../model/errors';
import type { CreatedTask, TaskStep } from '../model/history';
import type { JsonObject } from '../model/json';
import type { TaskToPrepare } from '../model/ports/tasks';
import type { TaskForm } from '../model/ports/taskStore';
import { listOf } from './lists';

/** More than any process needs; each is a timer. */
const maxSteps = 50;

export interface TaskTimes {
  /** When it ends by itself; null: never. */
  readonly expiresAtMs: number | null;
  /** For the log; nothing where nothing was asked for. */
  readonly planned: Pick<CreatedTask, 'steps' | 'automatic'>;
}

/** @throws InvalidInputError, ValidationFailedError naming what of the call is wrong. */
export function timesOf({ request, nowMs }: TaskToPrepare, form: TaskForm): TaskTimes {
  const { expiresIn, reminders = [], onExpiry } = request;
  const expiresAtMs = expiresIn === undefined ? null : instantMs(expiresIn, nowMs);
  if (!Array.isArray(reminders)) throw new InvalidInputError('"reminders" must be a list of durations or dates.');
  const escalations = escalationsOf(request.escalateTo).map((each) => stepOf(each, { nowMs, expiresAtMs }));
  const escalatesAtExpiry = escalations.some(({ atExpiry }) => atExpiry);
  assertPolicy(onExpiry, { expires: expiresAtMs !== null, escalatesAtExpiry });
  const steps = [
    ...(reminders as (string | number)[]).map((at) => ({ kind: 'reminder' as const, atMs: instantMs(at, nowMs) })),
    ...escalations,
  ];
  if (steps.length > maxSteps) throw new InvalidInputError(`A task has at most ${maxSteps} reminders and escalations.`);
  const automatic = typeof onExpiry === 'object' ? answerOf(onExpiry, request.contextData ?? {}, form) : null;
  return {
    expiresAtMs: escalatesAtExpiry ? null : expiresAtMs,
    planned: {
      ...(steps.length === 0 ? {} : { steps: steps.sort((a, b) => a.atMs - b.atMs).map(recorded) }),
      ...(automatic ? { automatic } : {}),
    },
  };
}

interface PlannedStep {
  readonly kind: TaskStep['kind'];
  readonly atMs: number;
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
}

function recorded({ kind, atMs, roles = [], users = [] }: PlannedStep): TaskStep {
  return { kind, at: new Date(atMs).toISOString(), roles, users };
}

function escalationsOf(value: TaskToPrepare['request']['escalateTo']): readonly TaskEscalation[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly TaskEscalation[]) : [value as TaskEscalation];
}

function stepOf(
  { after, roles, users }: TaskEscalation,
  { nowMs, expiresAtMs }: { readonly nowMs: number; readonly expiresAtMs: number | null },
) {
  const to = { roles: listOf(roles, 'escalateTo.roles'), users: listOf(users, 'escalateTo.users') };
  if (to.roles.length + to.users.length === 0) {
    throw new InvalidInputError('Each step of "escalateTo" needs roles or users to escalate to.');
  }
  const atMs = after === undefined ? expiresAtMs : instantMs(after, nowMs);
  if (atMs === null) throw new InvalidInputError('Say when to escalate: "after" in "escalateTo", or a time to expire.');
  return { kind: 'escalation' as const, atMs, atExpiry: after === undefined, ...to };
}

function assertPolicy(
  policy: TaskToPrepare['request']['onExpiry'],
  { expires, escalatesAtExpiry }: { readonly expires: boolean; readonly escalatesAtExpiry: boolean },
): void {
  if (policy === undefined) return;
  if (!expires) throw new InvalidInputError('What happens at expiry was said, but not when the task expires.');
  if (policy === 'escalate' && !escalatesAtExpiry) {
    throw new InvalidInputError('To escalate at expiry, "escalateTo" needs a step without "after".');
  }
  if (policy !== 'escalate' && escalatesAtExpiry) {
    throw new InvalidInputError(
      'A task that is escalated at its expiry does not end then: use "after", or "escalate".',
    );
  }
  const isKnown = policy === 'expire' || policy === 'escalate' || isAnswer(policy);
  if (!isKnown) throw new InvalidInputError('What happens at expiry is "expire", "escalate" or an outcome.');
}

const isAnswer = (policy: unknown): policy is AutomaticOutcome =>
  typeof policy === 'object' && policy !== null && 'outcome' in policy;

/** The answer as the form would take it from a person. */
function answerOf({ outcome, output = {} }: AutomaticOutcome, contextData: JsonObject, form: TaskForm) {
  const checked = validateSubmission({ form, contextData, outcome, data: output });
  if (checked.ok) return { outcome, output: checked.output as JsonObject };
  const fieldErrors = checked.fieldErrors.map(({ path, message }) => ({ path: `/onExpiry/output${path}`, message }));
  const why = checked.formError ?? fieldErrors.map(({ message }) => message).join(' ');
  throw new ValidationFailedError(`The automatic outcome is none that the form takes: ${why}`, { fieldErrors });
}
