import { WorkflowRegistry } from '../../core/workflowRegistry';
import { durationMs } from '../../model/durations';
import { isEnded } from '../../model/status';
import type { WorkflowDefinition, WorkflowFunction } from '../../model/workflow';
import { drainMacrotask, processSandbox } from '../../core/sandbox';
import { replay } from '../../replay/replay';
import type { WaitView } from '../../replay/waitViews';
import { MemoryStack } from './memoryStack';
import type { Scenario, TestedExecution, TestedRun } from './scenario';
import { Script } from './script';
import type { Ended, EndedRun, Stack } from './stack';

const tenYearsMs = 10 * 365 * 86_400_000;

/**
 * Runs a workflow against a scenario on the production engine, without a database: time is virtual, so that a sleep of
 * 30 days takes milliseconds. Ends when the workflow does, or when nothing in the script would move it any more. In the
 * end the history is replayed against the code, as after a restart.
 * @throws EndlessRunsError where more runs continue as new than `mostRuns`.
 * @throws what the script did wrong (an action without a stand-in, an answer that its form does not take), and
 *   NondeterminismError or ForeignAwaitError where the code cannot be brought back from its log.
 */
export async function testWorkflow(
  workflow: WorkflowFunction | WorkflowDefinition,
  scenario: Scenario = {},
): Promise<TestedExecution> {
  const definition = definitionOf(workflow, scenario);
  const workflows = registryOf(definition, scenario);
  return runScenario(workflows, scenario, new MemoryStack(definition, scenario, workflows));
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
  workflows: WorkflowRegistry,
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
    return await testedExecution(workflows, scenario, await stack.read());
  } finally {
    await stack.close();
  }
}

async function testedExecution(
  workflows: WorkflowRegistry,
  { tenant = 'acme' }: Scenario,
  { runs: ended, tasks }: Ended,
): Promise<TestedExecution> {
  const runs: TestedRun[] = [];
  let waits: readonly WaitView[] = [];
  for (const run of ended) {
    const instance = await replayed(workflows, tenant, run);
    if (run.status === 'blocked_on_code') {
      throw new Error(`The execution is blocked on its code: ${run.error?.message ?? 'the log does not say why'}`);
    }
    waits = isEnded(run.status) ? [] : instance.waits;
    runs.push({ ...run, data: instance.data });
  }
  const last = runs.at(-1);
  if (!last) throw new Error('The execution is gone.');
  const elapsedMs = (last.history.at(-1)?.at ?? 0) - (runs[0]?.history[0]?.at ?? 0);
  return { ...last, runs, tasks, waits, elapsedMs };
}

/** What the code of the run's own version makes of its log. */
async function replayed(workflows: WorkflowRegistry, tenant: string, { executionId, history }: EndedRun) {
  const [first] = history;
  const definition =
    first?.kind === 'execution_started' ? workflows.find(first.body.workflow, first.body.version) : undefined;
  if (!definition) throw new Error(`Execution ${executionId} has no log that begins with its workflow.`);
  const { instance } = await replay({
    definition,
    identity: { executionId, tenant },
    history,
    sandbox: processSandbox(),
    drain: drainMacrotask,
  });
  return instance;
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
