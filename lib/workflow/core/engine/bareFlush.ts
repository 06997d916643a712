import type { ExecutionFlush, ExecutionKey } from '../../model/ports/store';

/** A flush that changes nothing but what is given. */
export function bareFlush(
  { executionId, partitionId, tenant }: ExecutionKey & { readonly tenant: string },
  changes: Pick<ExecutionFlush, 'expectedHead' | 'status'> & Partial<ExecutionFlush>,
): ExecutionFlush {
  return {
    executionId,
    partitionId,
    tenant,
    state: null,
    end: null,
    blockedBy: null,
    entries: [],
    results: [],
    timersAdded: [],
    timersDropped: [],
    waitsAdded: [],
    waitsEnded: [],
    tasksAdded: [],
    tasksChanged: [],
    cancelOpenTasks: false,
    relations: null,
    atMs: 0,
    ...changes,
  };
}
