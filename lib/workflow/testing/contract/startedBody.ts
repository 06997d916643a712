import type { EntryBody } from '../../model/history';

/** The first entry of an execution that somebody started. */
export function startedBody(executionId: string): EntryBody<'execution_started'> {
  return {
    workflow: 'Contract',
    version: '1',
    trigger: {
      name: 'workflow.started',
      type: 'workflow.started',
      payload: {},
      user_id: null,
      event_id: executionId,
      timestamp: '2026-01-05T09:00:00.000Z',
    },
    initialData: {},
    seed: 'seed',
    logicalExecutionId: executionId,
    startedBy: null,
  };
}
