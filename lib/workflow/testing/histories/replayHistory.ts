// Replays a history and tells, entry by entry, what it made of the code.
import { drainMacrotask, processSandbox } from '../../core/sandbox';
import type { Command } from '../../model/commands';
import { ForeignAwaitError, NondeterminismError } from '../../model/errors';
import type { HistoryEntry } from '../../model/history';
import type { CallUnderWay } from '../../model/underWay';
import type { WorkflowDefinition } from '../../model/workflow';
import { replay } from '../../replay/replay';
import type { History } from './historyFile';

/** Why a history does not fit the code. */
export interface Difference {
  readonly seq: number | null;
  readonly recorded: string | null;
  readonly actual: string | null;
  readonly message: string;
}

export interface ReplayStep {
  readonly entry: HistoryEntry;
  readonly commands: readonly string[];
  readonly state: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * null: the code does what the history says. Anything but a difference is thrown.
 *
 * @param history.underWay what has begun besides, of an execution under way.
 */
export async function differenceOf(
  definition: WorkflowDefinition,
  {
    executionId,
    tenant,
    entries,
    underWay = [],
  }: Pick<History, 'executionId' | 'tenant' | 'entries'> & { readonly underWay?: readonly CallUnderWay[] },
  onStep: (step: ReplayStep) => void = () => undefined,
): Promise<Difference | null> {
  try {
    let returned: Command | undefined;
    const { instance } = await replay({
      definition,
      identity: { executionId, tenant },
      history: entries,
      underWay,
      sandbox: processSandbox(),
      drain: drainMacrotask,
      observe: (entry, { state, data }, commands) => {
        returned ??= commands.find(({ type }) => type === 'complete');
        onStep({ entry, commands: commands.map(commandText), state, data });
      },
    });
    return endDifference(entries.at(-1), instance.finished, returned);
  } catch (error) {
    if (error instanceof NondeterminismError) {
      const { seq, recorded, actual } = error.difference;
      return { seq, recorded, actual, message: error.message };
    }
    if (error instanceof ForeignAwaitError) {
      return { seq: null, recorded: null, actual: null, message: error.message };
    }
    throw error;
  }
}

/** A log that has ended holds nothing to compare with what the code would do after that: only that it would. */
function endDifference(
  last: HistoryEntry | undefined,
  isFinished: boolean,
  returned: Command | undefined,
): Difference | null {
  if (last?.kind !== 'execution_completed') return null;
  const recorded = `return ${JSON.stringify(last.body.result)}`;
  const actual = isFinished ? (returned ? commandText(returned) : 'throw') : 'nothing yet';
  if (actual === recorded) return null;
  const message = `Entry ${last.seq} of the log is the end, "${recorded}"; at that place the code now does "${actual}".`;
  return { seq: last.seq, recorded, actual, message };
}

function commandText(command: Command): string {
  const id = 'commandId' in command ? command.commandId : '';
  switch (command.type) {
    case 'action':
      return `${id}(${JSON.stringify(command.args)})`;
    case 'set_state':
      return `setState(${JSON.stringify(command.state)})`;
    case 'set_data':
      return `data.set(${JSON.stringify(command.key)}, ${JSON.stringify(command.value)})`;
    case 'log':
      return `logger.${command.level}(${JSON.stringify(command.message)})`;
    case 'wait':
      return `${id} for ${command.names.join(' or ')}`;
    case 'create_task':
      return `${id}(${JSON.stringify({ taskType: command.request.taskType })})`;
    case 'complete':
      return `return ${JSON.stringify(command.result)}`;
    case 'fail':
      return `throw ${command.error.name}: ${command.error.message}`;
    default:
      return [command.type.replaceAll('_', ' '), id].filter((part) => part !== '').join(' ');
  }
}
