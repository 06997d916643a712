/** The actions that come with the product, as typed workflows see them. docs/actions.md describes each. */
import type { Loose } from './loose';
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

export interface HttpRequestParameters {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
  /** For all redirects together. Default 30,000 ms. */
  readonly timeoutMs?: number;
  /** Of the answer. Default 1 MiB. */
  readonly maxBytes?: number;
}

export interface StartWorkflowParameters {
  readonly workflow: string;
  readonly initialData?: Readonly<Record<string, unknown>>;
  readonly workflowKey?: string;
  readonly subject?: string;
}

type StartWorkflow = (params: StartWorkflowParameters) => Promise<{ executionId: string }>;

export interface BuiltInActions {
  readonly httpRequest: (params: HttpRequestParameters) => Promise<{
    status: number;
    headers: Record<string, string | string[]>;
    body: Loose;
  }>;
  readonly start_workflow: StartWorkflow;
  readonly startWorkflow: StartWorkflow;
  readonly log_event: LogEvent;
  readonly logEvent: LogEvent;
  readonly sendNotification: (
    params: NotificationParameters,
  ) => Promise<{ sent: boolean; channel: string; notificationId: string }>;
  readonly emit_event: EmitEvent;
  readonly emitEvent: EmitEvent;
  readonly createHumanTask: (request: HumanTaskRequest) => Promise<CreatedHumanTask>;
}
