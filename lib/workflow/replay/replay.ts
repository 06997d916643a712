/**
 * Runs a workflow function against its whole log: no I/O, no clock, no randomness of its own. Cold starts, `verify`,
 * forks and what-if all use this one fold.
 */
import type { Command } from '../model/commands';
import { ForeignAwaitError } from '../model/errors';
import { continuesCode, type HistoryEntry } from '../model/history';
import { cutsOf, isSuperseded } from '../model/retries';
import type { ExecutionLimits } from '../model/limits';
import type { WorkflowDefinition } from '../model/workflow';
import { WorkflowInstance, type InstanceIdentity } from './instance';
import type { Drain, Sandbox, Turn } from './sandbox';

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
  /** Without it the code may do as much as it likes. */
  readonly limits?: ExecutionLimits;
}): Promise<ReplayResult> {
  const { definition, identity, history, sandbox, drain, observe, isTraced = false, limits } = options;
  const instance = new WorkflowInstance({
    definition,
    identity,
    sandbox,
    history,
    isTraced,
    ...(limits && { limits }),
  });
  const commands: Command[] = [];
  const cuts = cutsOf(history);
  for (const [index, entry] of history.entries()) {
    const cut = cuts.find(({ from, to }) => from <= index && index < to);
    if (cut?.from === index) instance.retryFrom(history.slice(cut.from, cut.to));
    const settle = () => {
      if (cut) return !isSuperseded(history, index, cut) && instance.settleIfItFits(entry);
      instance.settle(entry);
      return true;
    };
    const begun = commands.length;
    if (continuesCode(entry.kind)) {
      const turn = new ReplayTurn(instance, settle, commands);
      await drain([turn]);
      if (!turn.fits) continue;
      assertKnownWait(instance, definition);
    } else if (!settle()) continue;
    if (observe) observe(entry, instance, commands.slice(begun));
  }
  return { instance, commands: instance.outstanding(commands) };
}

class ReplayTurn implements Turn {
  /** Whether the entry is one of those that count. */
  fits = false;

  constructor(
    private readonly instance: WorkflowInstance,
    private readonly settle: () => boolean,
    private readonly commands: Command[],
  ) {}

  begin(): void {
    this.fits = this.settle();
  }

  end(): void {
    if (this.fits) this.commands.push(...this.instance.collect());
  }
}

/** Says loudly when the code is blocked on something that no entry will ever settle. */
export function assertKnownWait(instance: WorkflowInstance, definition: Pick<WorkflowDefinition, 'name'>): void {
  if (!instance.isBlockedOnNothing) return;
  throw new ForeignAwaitError(
    `Workflow ${definition.name} waits for something that the engine does not know. ` +
      `Only actions, events.waitFor, context.sleep and tasks may be awaited; move other calls into an action.`,
  );
}
