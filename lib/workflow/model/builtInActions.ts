/** The actions that come with the product, as typed workflows see them. docs/actions.md describes each. */
import type { CreatedHumanTask, HumanTaskRequest } from './workflow';

export interface LogEventParameters {
  readonly message: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  readonly data?: unknown;
}

export interface NotificationParameters {
  /** A person or a role. */
  readonly recipient: string;
  readonly message: string;
  readonly data?: unknown;
}

export interface EmitEventParameters {
  /** What waits match on. */
  readonly name: string;
  /** What attachments refer to; the name unless given. */
  readonly type?: string;
  readonly payload?: unknown;
  readonly subject?: string;
}

type LogEvent = (params: LogEventParameters) => Promise<{ logged: boolean }>;
type EmitEvent = (params: EmitEventParameters) => Promise<{ eventId: string; executionIds: string[] }>;

export interface BuiltInActions {
  readonly log_event: LogEvent;
  readonly logEvent: LogEvent;
  readonly sendNotification: (
    params: NotificationParameters,
  ) => Promise<{ sent: boolean; channel: string; notificationId: string }>;
  readonly emit_event: EmitEvent;
  readonly emitEvent: EmitEvent;
  readonly createHumanTask: (request: HumanTaskRequest) => Promise<CreatedHumanTask>;
}
