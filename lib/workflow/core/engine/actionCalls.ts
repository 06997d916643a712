import type { CommandOf } from '../../model/commands';
import type { ActionCall, ActionOutcome, ActionRunner } from '../../model/ports/actions';
import type { LiveExecution } from './liveExecution';

export interface CallUnderWay {
  readonly command: CommandOf<'action'>;
  readonly outcome: Promise<ActionOutcome>;
}

interface ActionCallPorts {
  readonly actions: ActionRunner;
  /** Whether the process is to note that it runs this call, in case it does not survive it. */
  readonly isSuspect: (executionId: string) => boolean;
  /** The call ended. */
  readonly ended: (live: LiveExecution, call: ActionCall, command: CommandOf<'action'>, outcome: ActionOutcome) => void;
  /** A call ended whose copy is not in memory any more. */
  readonly endedBehind: (live: LiveExecution) => void;
}

/** The actions that run in this process. */
export class ActionCalls {
  readonly #ports: ActionCallPorts;
  readonly #underWay = new Map<string, CallUnderWay>();

  constructor(ports: ActionCallPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#underWay.size;
  }

  /** Calls of an execution, of copies that were dropped too. */
  of(executionId: string): readonly CallUnderWay[] {
    return [...this.#underWay].flatMap(([key, call]) => (key.startsWith(`${executionId}:`) ? [call] : []));
  }

  /** Starts what their code asked for. True when there was anything. */
  start(lives: Iterable<LiveExecution>): boolean {
    let started = false;
    for (const live of lives) {
      if (live.dropped) continue;
      for (const { command, call } of live.takeStartable()) {
        started = true;
        this.#start(live, command, call);
      }
    }
    return started;
  }

  #start(live: LiveExecution, command: CommandOf<'action'>, call: ActionCall): void {
    const key = `${call.executionId}:${call.commandId}`;
    // After a reload the same call may still be under way: its outcome serves the new copy.
    const running = this.#underWay.get(key) ?? { command, outcome: this.#run(call) };
    this.#underWay.set(key, running);
    void running.outcome.then((outcome) => {
      if (this.#underWay.get(key) === running) this.#underWay.delete(key);
      if (live.dropped) this.#ports.endedBehind(live);
      else this.#ports.ended(live, call, command, outcome);
    });
  }

  #run(call: ActionCall): Promise<ActionOutcome> {
    const { actions, isSuspect } = this.#ports;
    return actions.run(isSuspect(call.executionId) ? { ...call, isSuspect: true } : call);
  }
}
