/** The workflow of a chaotic day: light, so that there can be many. It fails for no outage, however long. */
import type { WorkflowContext, WorkflowDefinition } from '../../model/workflow';

async function chaosOrderWorkflow({ actions, data, events, setState }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'received' });
  if (data.get<boolean>('waits')) {
    setState('waiting for payment');
    await events.waitFor('Paid');
    await Promise.all([actions.book?.({ what: 'paid' }), actions.flaky?.({ what: 'shipped' })]);
  }
  return 'done';
}

export const chaosOrder: WorkflowDefinition = { name: 'chaosOrder', version: '1', run: chaosOrderWorkflow };
