/**
 * How much one execution may hold. Far below each limit is a mark from which on its history, a counter and its page warn;
 * at the limit it stops with an error that says so, and nothing that was accepted is lost: raise the limit and retry.
 */
import { BatonError } from './errors';

/**
 * - `history_length`: entries of its log;
 * - `payload_size`: characters of JSON of one event, input, parameter, result, state or value of data;
 * - `mailbox_size`: events that came and that it has not waited for;
 * - `commands_per_run`: what its code asks for in answer to one entry of its log.
 */
export const limitNames = ['history_length', 'payload_size', 'mailbox_size', 'commands_per_run'] as const;
export type LimitName = (typeof limitNames)[number];

export interface Limit {
  readonly warnAbove: number;
  readonly most: number;
}
export type ExecutionLimits = Readonly<Record<LimitName, Limit>>;

/** A fifth of what is allowed is early enough to do something about it. */
export function limitsOf(most: Readonly<Record<LimitName, number>>): ExecutionLimits {
  const limit = (name: LimitName): Limit => ({ warnAbove: Math.floor(most[name] / 5), most: most[name] });
  return {
    history_length: limit('history_length'),
    payload_size: limit('payload_size'),
    mailbox_size: limit('mailbox_size'),
    commands_per_run: limit('commands_per_run'),
  };
}

export const defaultMost: Readonly<Record<LimitName, number>> = {
  history_length: 50_000,
  payload_size: 2_000_000,
  mailbox_size: 10_000,
  commands_per_run: 20_000,
};

export const defaultLimits: ExecutionLimits = limitsOf(defaultMost);

/** What the early warning says, in one sentence. */
export function warningOf(name: LimitName, value: number, { most }: Limit): string {
  const of = `${value.toLocaleString('en')} of ${most.toLocaleString('en')}`;
  switch (name) {
    case 'history_length':
      return `The history is long: ${of} entries. Use continueAsNew before it is full.`;
    case 'payload_size':
      return `A value is large: ${of} characters. Store it elsewhere and pass its address.`;
    case 'mailbox_size':
      return `Events wait that nobody asks for: ${of}. Wait for them, or stop sending them.`;
    case 'commands_per_run':
      return `The code asks for much at once: ${of} commands. Do it in parts.`;
  }
}

export abstract class LimitError extends BatonError {
  abstract readonly limit: LimitName;
}
/** The log of the execution is full. It is blocked until the limit is raised. */
export class HistoryTooLongError extends LimitError {
  readonly code = 'history_too_long';
  readonly httpStatus = 409;
  readonly limit = 'history_length';
  constructor(entries: number, most: number) {
    super(`The history has ${entries} entries and may have ${most}. Use continueAsNew, or raise the limit and retry.`);
  }
}
/** Refused at the door; or workflow code or an action made a value that is too large. */
export class PayloadTooLargeError extends LimitError {
  readonly code = 'payload_too_large';
  readonly httpStatus = 413;
  readonly limit = 'payload_size';
  constructor(what: string, size: number, most: number) {
    super(
      `${what} is too large: ${size} characters of JSON, at most ${most} are allowed. Store it elsewhere and pass its address.`,
    );
  }
}
/** The execution got more events than it may keep unread. It is blocked, and takes no more. */
export class MailboxFullError extends LimitError {
  readonly code = 'mailbox_full';
  readonly httpStatus = 429;
  readonly limit = 'mailbox_size';
  constructor(message: string) {
    super(message);
  }
}
/** The code asked for more than it may in answer to one entry. The execution is blocked; nothing of it was done. */
export class TooManyCommandsError extends LimitError {
  readonly code = 'too_many_commands';
  readonly httpStatus = 409;
  readonly limit = 'commands_per_run';
  constructor(most: number) {
    super(`The code asks for more than ${most} commands at once. Does it loop without waiting? Do it in parts.`);
  }
}
