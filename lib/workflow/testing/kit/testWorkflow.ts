import { WorkflowRegistry } from '../../core/workflowRegistry';
import { durationMs } from '../../model/durations';
import { isEnded } from '../../model/status';
import type { WorkflowDefinition, WorkflowFunction } from '../../model/workflow';
import { drainMacrotask, processSandbox } from '../../core/sandbox';
import { replay } from '../../replay/replay';
import { MemoryStack } from './memoryStack';
import type { Scenario, TestedExecution } from './scenario';
import { Script } from './script';
import type { Ended, Stack } from './stack';

const tenYearsMs = 10 * 365 * 86_400_000;

/**
 * Runs a workflow against a scenario on the production engine, without a database: time is virtual, so that a sleep of
 * 30 days takes milliseconds. Ends when the workflow does, or when nothing in the script would move it any more. In the
 * end the history is replayed against the code, as after a restart.
 * @throws what the script did wrong (an action without a stand-in, an answer that its form does not take), and
 *   NondeterminismError or ForeignAwaitError where the code cannot be brought back from its log.
 */
export async function testWorkflow(
  workflow: WorkflowFunction | WorkflowDefinition,
  scenario: Scenario = {},
): Promise<TestedExecution> {
  const definition = definitionOf(workflow, scenario);
  return runScenario(definition, scenario, new MemoryStack(definition, scenario, registryOf(definition, scenario)));
}

/** The definition that a scenario runs, under the name that the product would give it. */
export function definitionOf(
  workflow: WorkflowFunction | WorkflowDefinition,
  { name, version }: Scenario,
): WorkflowDefinition {
  const options = { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
  return new WorkflowRegistry().register(workflow, options);
}

/** All that a scenario has code of: the workflow under test, and those that it starts. */
export function registryOf(definition: WorkflowDefinition, { workflows = [] }: Scenario): WorkflowRegistry {
  const registry = new WorkflowRegistry();
  for (const workflow of [definition, ...workflows]) registry.register(workflow);
  return registry;
}

export async function runScenario(
  definition: WorkflowDefinition,
  scenario: Scenario,
  stack: Stack,
): Promise<TestedExecution> {
  try {
    const startMs = stack.nowMs();
    const script = new Script(stack, scenario);
    const lastMs = startMs + (scenario.until === undefined ? tenYearsMs : durationMs(scenario.until));
    for (;;) {
      await script.actDue();
      const seen = await stack.settle();
      if (isEnded(seen.status) || seen.status === 'blocked_on_code') break;
      if (await script.look(seen)) continue;
      const nextMs = earlier(script.nextAtMs, seen.nextTimerMs);
      if (nextMs === null || nextMs > lastMs) break;
      stack.advanceTo(nextMs);
    }
    return await testedExecution(definition, scenario, stack.executionId, await stack.read());
  } finally {
    await stack.close();
  }
}

async function testedExecution(
  definition: WorkflowDefinition,
  { tenant = 'acme' }: Scenario,
  executionId: string,
  ended: Ended,
): Promise<TestedExecution> {
  const { status, state, result, error, history, tasks, actionCalls } = ended;
  const { instance } = await replay({
    definition,
    identity: { executionId, tenant },
    history,
    sandbox: processSandbox(),
    drain: drainMacrotask,
  });
  if (status === 'blocked_on_code') {
    throw new Error(`The execution is blocked on its code: ${error?.message ?? 'the log does not say why'}`);
  }
  const elapsedMs = (history.at(-1)?.at ?? 0) - (history[0]?.at ?? 0);
  const { data } = instance;
  const waits = isEnded(status) ? [] : instance.waits;
  return { executionId, status, state, result, error, data, history, tasks, actionCalls, waits, elapsedMs };
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
