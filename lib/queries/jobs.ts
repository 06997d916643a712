/** Jobs of an execution: dispatched actions, how far they are, and who runs them. */
import type { JsonValue } from '@shared/workflow/model/json';
import { and, asc, eq } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowJobs } from '../db/schema';

export interface ExecutionJob {
  readonly jobId: string;
  readonly commandId: string;
  readonly actionName: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'canceled';
  readonly attempts: number;
  /** What the handler reported last. */
  readonly progress: JsonValue;
  readonly error: JsonValue;
  readonly heartbeatAt: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export async function executionJobs({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<readonly ExecutionJob[]> {
  const rows = await pageDb()
    .select()
    .from(workflowJobs)
    .where(and(eq(workflowJobs.tenantId, tenant), eq(workflowJobs.executionId, executionId)))
    .orderBy(asc(workflowJobs.jobId));
  return rows.map(({ jobId, commandId, actionName, status, attempts, progress, error, ...at }) => ({
    jobId,
    commandId,
    actionName,
    status,
    attempts,
    progress,
    error,
    heartbeatAt: at.heartbeatAt?.toISOString() ?? null,
    createdAt: at.createdAt.toISOString(),
    endedAt: at.endedAt?.toISOString() ?? null,
  }));
}
