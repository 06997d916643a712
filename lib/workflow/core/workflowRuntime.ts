/**
 * The door for code that starts workflows and sends events, wherever it runs. Workers find the workflow code through
 * the same runtime.
 */
import { WorkflowNotFoundError } from '../model/errors';
import type { WorkflowDefinition, WorkflowFunction } from '../model/workflow';
import { publishRegistrations } from '../persistence/registrations';
import { getActionRegistry, type ActionRegistry } from './actionRegistry';
import { registerEmitEvent } from './actions/builtIns/emitEvent';
import { registerStartWorkflow } from './actions/builtIns/startWorkflow';
import { engineDeps } from './ambient';
import {
  cancelExecution,
  pauseExecution,
  resumeExecution,
  retryExecution,
  terminateExecution,
  type Decided,
  type DecisionInput,
} from './decideExecution';
import { enqueueEvent, type EnqueueEventInput } from './enqueueEvent';
import type { EngineDeps } from './engineDeps';
import { forkExecution, type ForkInput } from './forkExecution';
import { startOrFind, type StartedWorkflow, type StartWorkflowInput } from './startWorkflow';
import { submitEvent } from './submitEvent';
import { WorkflowRegistry, type RegisterOptions } from './workflowRegistry';

export class WorkflowRuntime {
  readonly workflows = new WorkflowRegistry(({ actions = [] }) => {
    for (const action of actions) this.actions.registerAction(action);
  });
  readonly #deps: () => Promise<EngineDeps>;

  constructor(
    readonly actions: ActionRegistry,
    deps: () => Promise<EngineDeps>,
  ) {
    this.#deps = deps;
    registerEmitEvent(actions, async (event) => submitEvent(await deps(), event));
    registerStartWorkflow(actions, async (name, start) => this.startWorkflow(name, start));
  }

  /** Makes a workflow known to this process. A bare function goes by its name without the suffix `Workflow`. */
  registerWorkflow(workflow: WorkflowFunction | WorkflowDefinition, options?: RegisterOptions): void {
    this.workflows.register(workflow, options);
  }

  /**
   * Starts an execution and answers with its id once it is committed.
   * @throws WorkflowNotFoundError when neither this process nor any worker registered the name.
   * @throws WorkflowKeyTakenError when the key is taken and the caller does not want its holder.
   */
  async startWorkflow(name: string, input: StartWorkflowInput): Promise<string> {
    return (await this.#start(name, input)).executionId;
  }

  /**
   * Sends an event to the execution that holds a key, and starts it first where there is none: the event is there
   * before the execution runs.
   */
  async signalWithStart(
    name: string,
    input: StartWorkflowInput & Required<Pick<StartWorkflowInput, 'workflowKey' | 'signal'>>,
  ): Promise<StartedWorkflow> {
    return this.#start(name, input);
  }

  async #start(name: string, input: StartWorkflowInput): Promise<StartedWorkflow> {
    const deps = await this.#deps();
    try {
      return await startOrFind(deps, name, input);
    } catch (error) {
      const own = this.workflows.all.filter((definition) => definition.name === name);
      if (!(error instanceof WorkflowNotFoundError) || own.length === 0) throw error;
      await publishRegistrations(deps.sql, own);
      return startOrFind(deps, name, input);
    }
  }

  /**
   * Sends an event to one execution and returns once it is committed.
   * @throws ExecutionNotFoundError, ExecutionEndedError
   */
  async enqueueEvent(event: EnqueueEventInput): Promise<{ readonly eventId: string }> {
    return enqueueEvent(await this.#deps(), event);
  }

  /**
   * Asks the code to end: its waits throw a `CanceledError`, it cleans up, the execution ends as `canceled`.
   * @throws ExecutionNotFoundError, ExecutionEndedError
   */
  async cancelExecution(input: DecisionInput): Promise<Decided> {
    return cancelExecution(await this.#deps(), input);
  }

  /**
   * Ends the execution without running its code.
   * @throws ExecutionNotFoundError, ExecutionEndedError
   */
  async terminateExecution(input: DecisionInput): Promise<Decided> {
    return terminateExecution(await this.#deps(), input);
  }

  /**
   * Stops the execution for now: events are kept, timers wait, actions under way are recorded.
   * @throws ExecutionNotFoundError, ExecutionEndedError
   */
  async pauseExecution(input: DecisionInput): Promise<Decided> {
    return pauseExecution(await this.#deps(), input);
  }

  /** @throws ExecutionNotFoundError, ExecutionEndedError */
  async resumeExecution(input: DecisionInput): Promise<Decided> {
    return resumeExecution(await this.#deps(), input);
  }

  /**
   * Goes on from the failure of an execution, or tries the code that it is blocked on.
   * @throws ExecutionNotFoundError, ExecutionEndedError, ExecutionNotFailedError
   */
  async retryExecution(input: DecisionInput): Promise<Decided> {
    return retryExecution(await this.#deps(), input);
  }

  /**
   * Starts a new execution that begins with the entries 1 to n of another one's log, and leaves that one as it is.
   * @throws ExecutionNotFoundError, EntryNotFoundError, ForkAtEndError, OpenChildrenError
   */
  async forkExecution(input: ForkInput): Promise<{ readonly executionId: string }> {
    return forkExecution(await this.#deps(), input);
  }

  /** Makes the registered workflows known to every process that uses the database. */
  async publish(): Promise<void> {
    const deps = await this.#deps();
    await publishRegistrations(deps.sql, this.workflows.all);
  }
}

let processRuntime: WorkflowRuntime | undefined;

/** The runtime of this process; the first call may name the actions it works with. */
export function getWorkflowRuntime(actions?: ActionRegistry): WorkflowRuntime {
  processRuntime ??= new WorkflowRuntime(actions ?? getActionRegistry(), engineDeps);
  return processRuntime;
}

/** A runtime of its own, for tests and for processes that hold several. */
export function createWorkflowRuntime(options: {
  readonly actions: ActionRegistry;
  readonly deps: EngineDeps;
}): WorkflowRuntime {
  return new WorkflowRuntime(options.actions, () => Promise.resolve(options.deps));
}
