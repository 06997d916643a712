/** Cold starts: executions are brought back to life by replaying their logs, or wait for the code that they need. */
import { NondeterminismError } from '../../model/errors';
import { isFreshlyForked } from '../../model/forks';
import type { ExecutionLimits } from '../../model/limits';
import type { LiveChange } from '../../model/ports/live';
import type { RunWatch } from '../../model/ports/runWatch';
import type { ExecutionKey, ExecutionStore, ForkedTask, LoadedExecution } from '../../model/ports/store';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import { wasRetried } from '../../model/retries';
import type { WorkflowDefinition } from '../../model/workflow';
import { replay } from '../../replay/replay';
import type { Drain, Sandbox, Turn } from '../../replay/sandbox';
import { mayBeTried } from './blockedBy';
import type { Blocks } from './blocks';
import type { EngineClock } from './clock';
import type { Deferrals } from './deferrals';
import { countRun } from './engineMetrics';
import type { LimitGuard } from './limitGuard';
import { LiveExecution } from './liveExecution';
import type { Probation } from './probation';

export interface Revived {
  /** null: it does not run here, now. */
  readonly live: LiveExecution | null;
  readonly hasInbox: boolean;
}

interface RevivalPorts {
  readonly workerId: string;
  readonly codeVersion: string;
  readonly partitionCount?: number;
  readonly store: Pick<ExecutionStore, 'reopenTasks' | 'openForkedTasks'>;
  readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
  readonly sandbox: Sandbox;
  readonly drain: Drain;
  readonly clock: EngineClock;
  readonly deferrals: Deferrals;
  readonly probation: Probation;
  readonly watch?: RunWatch;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly blocks: Blocks;
  readonly executionLimits: ExecutionLimits;
  readonly guard: LimitGuard;
  readonly owns: (partitionId: number) => boolean;
  readonly changed: (change: LiveChange) => void;
  readonly revived: (live: LiveExecution) => void;
  /** Its code went on by itself, outside any answer of the engine. */
  readonly wentOnByItself: (live: LiveExecution, error: Error) => void;
  /** The store did not answer: look at these anew, after a pause. */
  readonly troubled: (keys: readonly ExecutionKey[]) => void;
}

const nobody: readonly LoadedExecution[] = [];
const none: readonly Revived[] = [];
const nothing: Revived = { live: null, hasInbox: false };

export class Revival {
  readonly #ports: RevivalPorts;

  constructor(ports: RevivalPorts) {
    this.#ports = ports;
  }

  /** Null when it could not be noted who is about to run. Those whose code is not here are deferred. */
  async reviveAll(found: readonly LoadedExecution[]): Promise<readonly Revived[] | null> {
    if (found.length === 0) return none;
    const { probation, logger, workerId, troubled, deferrals, clock, metrics } = this.#ports;
    const startedMs = clock.nowMs();
    const loaded = found.filter((each) => !this.#lacksCode(each));
    if (loaded.length < found.length) await deferrals.defer(found.filter((each) => this.#lacksCode(each)));
    const suspects = probation.isEmpty
      ? nobody
      : loaded.filter((each) => probation.isSuspect(each) && this.#mayRun(each));
    const revived: Revived[] = [];
    if (suspects.length > 0) {
      try {
        await probation.note(suspects);
      } catch (error) {
        logger.warn({ error, workerId }, 'Suspects could not be noted; trying again');
        troubled([]);
        return null;
      }
      for (const suspect of suspects) revived.push(await this.#revive(suspect));
    }
    const others = suspects.length === 0 ? loaded : loaded.filter((each) => !suspects.includes(each));
    revived.push(...(await Promise.all(others.map((each) => this.#revive(each)))));
    const runs = revived.reduce((sum, { live }) => sum + (live ? 1 : 0), 0);
    countRun(metrics, { mode: 'cold', runs, ms: clock.nowMs() - startedMs });
    return revived;
  }

  /** It may come with a deploy, here or elsewhere. */
  #lacksCode({ blockedBy: why, workflowName, workflowVersion }: LoadedExecution): boolean {
    const { codeVersion, definition } = this.#ports;
    return definition(workflowName, workflowVersion) === undefined && mayBeTried(why, codeVersion);
  }

  #mayRun({ partitionId, blockedBy: why, workflowName, workflowVersion }: LoadedExecution): boolean {
    const { owns, codeVersion, definition } = this.#ports;
    return owns(partitionId) && mayBeTried(why, codeVersion) && definition(workflowName, workflowVersion) !== undefined;
  }

  async #revive(loaded: LoadedExecution): Promise<Revived> {
    if (!mayBeTried(loaded.blockedBy, this.#ports.codeVersion)) return nothing;
    const definition = this.#ports.definition(loaded.workflowName, loaded.workflowVersion);
    if (!definition) return nothing;
    const { sandbox, clock, blocks, partitionCount, executionLimits: limits, guard } = this.#ports;
    const { executionId, tenant, history, underWay } = loaded;
    try {
      guard.checkHistory(history.length);
      const { instance, commands } = await replay({
        definition,
        identity: { executionId, tenant },
        history,
        underWay,
        sandbox,
        drain: this.#drainOf(executionId),
        limits,
      });
      const live = new LiveExecution(loaded, instance, () => clock.nowMs(), partitionCount);
      instance.onLateCode = (error) => this.#ports.wentOnByItself(live, error);
      const isRetried = wasRetried(history);
      const isForked = isFreshlyForked(history);
      if (isForked && !(await this.#openForkedTasks(loaded, live.forkedTasks))) return nothing;
      if (isRetried && !(await this.#reopenTasks(loaded, live.openTaskRows))) return nothing;
      const restoresRows = isRetried || isForked;
      live.resume(commands, loaded.closingTasks, { restoresRows });
      guard.check(live, commands.length);
      this.#ports.revived(live);
      if (this.#ports.deferrals.size > 0) this.#ports.deferrals.arrived(loaded);
      return { live, hasInbox: loaded.hasInbox || loaded.timers.length > 0 };
    } catch (error) {
      await blocks.write(loaded, await this.#explained(loaded, definition, error), 'code');
      return nothing;
    }
  }

  async #openForkedTasks(execution: LoadedExecution, tasks: readonly ForkedTask[]): Promise<boolean> {
    const { store, workerId, changed } = this.#ports;
    if (tasks.length === 0) return true;
    if (!(await this.#opened(execution, store.openForkedTasks({ workerId, execution, tasks })))) return false;
    for (const { taskId } of tasks) changed({ tenant: execution.tenant, topic: 'task', id: taskId });
    return true;
  }

  async #reopenTasks(execution: ExecutionKey, taskIds: readonly string[]): Promise<boolean> {
    const { store, workerId } = this.#ports;
    return taskIds.length === 0 || this.#opened(execution, store.reopenTasks({ workerId, execution, taskIds }));
  }

  /** False when the store did not answer: the execution is looked at again. */
  async #opened(execution: ExecutionKey, written: Promise<void>): Promise<boolean> {
    const { workerId, logger, troubled } = this.#ports;
    try {
      await written;
      return true;
    } catch (error) {
      logger.warn({ error, workerId, executionId: execution.executionId }, 'Tasks could not be opened');
      troubled([execution]);
      return false;
    }
  }

  /** A difference is looked for once more, slowly, to say where the code makes it. */
  async #explained(loaded: LoadedExecution, definition: WorkflowDefinition, error: unknown): Promise<unknown> {
    if (!(error instanceof NondeterminismError)) return error;
    const { sandbox } = this.#ports;
    const { executionId, tenant, history, underWay } = loaded;
    const drain = this.#drainOf(executionId);
    const identity = { executionId, tenant };
    const options = { definition, identity, history, underWay, sandbox, drain, isTraced: true };
    return replay(options).then(
      () => error,
      (traced: unknown) => traced,
    );
  }

  /** Says in each turn whose it is. */
  #drainOf(executionId: string): Drain {
    const { drain, watch } = this.#ports;
    if (!watch) return drain;
    return (turns) => drain(turns.map((turn) => new WatchedTurn(turn, watch, executionId)));
  }
}

class WatchedTurn implements Turn {
  constructor(
    private readonly turn: Turn,
    private readonly watch: RunWatch,
    private readonly executionId: string,
  ) {}

  begin(): void {
    this.watch.enter(this.executionId);
    try {
      this.turn.begin();
    } catch (error) {
      this.watch.leave();
      throw error;
    }
  }

  end(): void {
    this.watch.leave();
    this.turn.end();
  }
}
