import type { CreateTaskRequest } from '../commands';
import type { RecordedError } from '../errors';
import type { CreatedTask } from '../history';
import type { JsonObject } from '../json';

/** A row of `workflow_tasks` as the engine inserts it, in the commit that also logs the creation. */
export interface NewTaskRow {
  readonly taskId: string;
  readonly taskType: string;
  readonly taskDefinitionType: 'system' | 'tenant';
  readonly tenantTaskDefinitionId: string | null;
  readonly systemTaskDefinitionTaskType: string | null;
  readonly formType: 'system' | 'tenant';
  readonly formId: string;
  readonly formVersion: number;
  readonly title: string;
  readonly description: string | null;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly excludedUsers: readonly string[];
  readonly requestedBy: string | null;
  readonly subject: string | null;
  /** Tasks with the same one, of one tenant, are one to people. */
  readonly fingerprint: string | null;
  readonly contextData: JsonObject;
  readonly warnings: readonly string[];
  readonly completionEvent: string;
  readonly dueAtMs: number | null;
  readonly followUpAtMs: number | null;
  readonly expiresAtMs: number | null;
}

export interface TaskToPrepare {
  readonly tenant: string;
  readonly executionId: string;
  readonly request: CreateTaskRequest;
  /** Who started the execution, and what it is about. */
  readonly requestedBy: string | null;
  readonly subject: string | null;
  /** Durations count from here: the execution's own time. */
  readonly nowMs: number;
}

export type PreparedTask =
  | { readonly ok: true; readonly created: CreatedTask; readonly row: NewTaskRow }
  | { readonly ok: false; readonly error: RecordedError };

/** Looks up definitions and forms and pins what a new task needs. Reads only; one answer per request, in order. */
export interface TaskPreparer {
  prepare(requests: readonly TaskToPrepare[]): Promise<readonly PreparedTask[]>;
}
