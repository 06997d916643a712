import type { JsonObject } from '../../../model/json';
import type { ActionRegistry } from '../../actionRegistry';

/** Starts an execution. With the same idempotency key it happens once, however often it is called. */
type StartOnce = (
  workflow: string,
  start: {
    readonly tenant: string;
    readonly initialData: JsonObject;
    readonly idempotencyKey: string;
    readonly workflowKey?: string;
    readonly subject?: string;
  },
) => Promise<string>;

/** Adds the built-in `start_workflow`. Does nothing where it is registered already. */
export function registerStartWorkflow(registry: ActionRegistry, start: StartOnce): void {
  if (registry.getAction('start_workflow')) return;
  registry.registerSimpleAction(
    'start_workflow',
    'Starts an execution of its own, of the same tenant.',
    [
      { name: 'workflow', type: 'string', required: true, description: 'The name of a registered workflow.' },
      { name: 'initialData', type: 'object', defaultValue: {} },
      { name: 'workflowKey', type: 'string', description: 'At most one execution of the workflow has it.' },
      { name: 'subject', type: 'string', description: 'What it is about, in the words of the business.' },
    ],
    async ({ workflow, initialData, workflowKey, subject }, { tenant, idempotencyKey }) => {
      const executionId = await start(workflow, {
        tenant,
        initialData: initialData as JsonObject,
        // Another attempt finds what the one before it started, even when that has ended.
        idempotencyKey,
        ...(workflowKey === undefined ? {} : { workflowKey }),
        ...(subject === undefined ? {} : { subject }),
      });
      return { executionId };
    },
    { builtIn: true },
  );
}
