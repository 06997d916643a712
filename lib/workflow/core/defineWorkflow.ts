import type { WorkflowContext, WorkflowDefinition } from '../model/workflow';
import type { DefinedAction } from './actions/defineAction';

interface TypedWorkflow<A extends readonly DefinedAction[]> {
  readonly name: string;
  /** Executions stay on the version they began with. Default `1`. */
  readonly version?: string;
  readonly description?: string;
  /** What `context.actions` offers besides the built-in ones. They are registered together with the workflow. */
  readonly actions?: A;
  readonly run: (context: WorkflowContext<A>) => Promise<unknown>;
}

/** Declares a workflow whose `context.actions` knows the parameters and results of the actions it declares. */
export function defineWorkflow<const A extends readonly DefinedAction[] = readonly []>({
  version = '1',
  run,
  ...rest
}: TypedWorkflow<A>): WorkflowDefinition {
  // The context of every workflow is the same at run time; only its types differ.
  return { ...rest, version, run: run as unknown as WorkflowDefinition['run'] };
}
