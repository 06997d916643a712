/** The door for tests of workflows on real servers: the scenarios of `@shared/workflow/testing`, with time skipped. */
import type { WorkflowDefinition, WorkflowFunction } from '../model/workflow';
import { PostgresStack, type RealScenario } from './kit/postgresStack';
import type { TestedExecution } from './kit/scenario';
import { definitionOf, registryOf, runScenario } from './kit/testWorkflow';

export type { RealScenario } from './kit/postgresStack';

/**
 * Runs a workflow against a scenario with a real worker over a database of its own, migrated and dropped afterwards.
 * Database actions run for real; other actions need stand-ins. Forms and task definitions must be given where the
 * workflow creates tasks. `startAt` and `seed` mean nothing here: the clock is the machine's, moved forward.
 */
export async function testWorkflowOnPostgres(
  workflow: WorkflowFunction | WorkflowDefinition,
  scenario: RealScenario = {},
): Promise<TestedExecution> {
  const definition = definitionOf(workflow, scenario);
  const workflows = registryOf(definition, scenario);
  return runScenario(workflows, scenario, await PostgresStack.start(definition, scenario, workflows));
}
