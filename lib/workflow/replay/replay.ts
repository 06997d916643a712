/**
 * Runs a workflow function against its whole log: no I/O, no clock, no randomness of its own. Cold starts, `verify`,
 * forks and what-if all use this one fold.
 */
import type { Command } from '../model/commands';
import { ForeignAwaitError } from '../model/errors';
import { continuesCode, type HistoryEntry } from '../model/history';
import { cutsOf } from '../model/retries';
import type { WorkflowDefinition } from '../model/workflow';
import { WorkflowInstance, type InstanceIdentity } from './instance';
import type { Drain, Sandbox } from './sandbox';

export interface ReplayResult {
  readonly instance: WorkflowInstance;
  /** What the code asked for and the log does not hold yet. */
  readonly commands: readonly Command[];
}

/**
 * @throws NondeterminismError when the code does something else than the log says.
 * @throws ForeignAwaitError when the code waits for something that the log cannot bring back.
 */
export async function replay(options: {
  readonly definition: WorkflowDefinition;
  readonly identity: InstanceIdentity;
  readonly history: readonly HistoryEntry[];
  readonly sandbox: Sandbox;
  readonly drain: Drain;
  /** Called after each entry with what the code asked for in answer to it. */
  readonly observe?: (entry: HistoryEntry, instance: WorkflowInstance, commands: readonly Command[]) => void;
  /** For explaining a difference that a replay found: the next one says where the code makes it. */
  readonly isTraced?: boolean;
}): Promise<ReplayResult> {
  const { definition, identity, history, sandbox, drain, observe, isTraced = false } = options;
  const instance = new WorkflowInstance({ definition, identity, sandbox, history, isTraced });
  const commands: Command[] = [];
  const cuts = cutsOf(history);
  for (const [index, entry] of history.entries()) {
    const cut = cuts.find(({ from, to }) => from <= index && index < to);
    if (cut?.from === index) instance.retryFrom(history.slice(cut.from, cut.to));
    if (cut) {
      if (!instance.settleIfItFits(entry)) continue;
    } else instance.settle(entry);
    const begun = commands.length;
    if (continuesCode(entry.kind)) {
      await drain();
      commands.push(...instance.collect());
      assertKnownWait(instance, definition);
    }
    if (observe) observe(entry, instance, commands.slice(begun));
  }
  return { instance, commands: instance.outstanding(commands) };
}

/** Says loudly when the code is blocked on something that no entry will ever settle. */
export function assertKnownWait(instance: WorkflowInstance, definition: Pick<WorkflowDefinition, 'name'>): void {
  if (!instance.isBlockedOnNothing) return;
  throw new ForeignAwaitError(
    `Workflow ${definition.name} waits for something that the engine does not know. ` +
      `Only actions, events.waitFor, context.sleep and tasks may be awaited; move other calls into an action.`,
  );
}
