/** What a running execution does to others: children it starts, whom it tells of its end, who goes on after it. */
import type { CommandOf } from '../../model/commands';
import type { EntryBody } from '../../model/history';
import type { JsonObject } from '../../model/json';
import { keyedPartition, partitionFor } from '../../model/partitions';
import type { RecordedOutcome } from '../../model/ports/actions';
import type { ChildClosing, ChildStart, FlushRelations, Successor } from '../../model/ports/relations';
import type { ExecutionFlush, ExecutionKey } from '../../model/ports/store';
import type { ChildEnd, ParentLink } from '../../model/relations';
import type { NewChild } from '../../replay/children';
import { derivedId } from '../../replay/random';

/** The execution as its first entry and its row tell of it. */
export interface Relative extends ExecutionKey {
  readonly tenant: string;
  readonly started: EntryBody<'execution_started'>;
  /** How many partitions executions are spread over. */
  readonly partitions: number;
  /** It ended before, and was retried: its parent knows of that end, and asks for another one when it is retried too. */
  readonly hasEndedBefore: boolean;
}

/** A child's partition: its key's, so that all executions with that key meet; else that of its own id. */
export function partitionOfChild(
  { tenant, partitions }: Relative,
  child: Pick<NewChild, 'childExecutionId' | 'workflow' | 'workflowKey'>,
): number {
  const { childExecutionId, workflow, workflowKey } = child;
  return partitionFor(
    tenant,
    workflowKey === null ? childExecutionId : keyedPartition(workflow, workflowKey),
    partitions,
  );
}

/** The row and the first entry of a child's log. */
export function childStart(parent: Relative, command: CommandOf<'start_child'>, atMs: number): ChildStart {
  const { commandId, childExecutionId: executionId, workflow, version, workflowKey, data: initialData } = command;
  const { startedBy } = parent.started;
  return {
    commandId,
    executionId,
    partitionId: partitionOfChild(parent, command),
    workflow,
    version,
    workflowKey,
    started: {
      workflow,
      trigger: {
        name: 'workflow.started',
        type: 'workflow.started',
        payload: initialData,
        user_id: startedBy,
        event_id: derivedId(atMs, `${executionId}:trigger`),
        timestamp: new Date(atMs).toISOString(),
      },
      initialData,
      seed: derivedId(atMs, `${executionId}:seed`),
      logicalExecutionId: executionId,
      startedBy,
      parent: { executionId: parent.executionId, partitionId: parent.partitionId, commandId },
    },
  };
}

/** Who is told of the end. The parent of a fork's source hears of the source. */
export function parentToTell(started: EntryBody<'execution_started'>): ParentLink | null {
  return started.fork ? null : (started.parent ?? null);
}

/** The next run: what started the chain stays, data and randomness are new. */
export function successorOf(
  predecessor: Relative,
  { data, atMs }: { readonly data: JsonObject; readonly atMs: number },
): Omit<Successor, 'mail'> {
  const { executionId: continuedFrom, started } = predecessor;
  const executionId = derivedId(atMs, `${continuedFrom}:continued`);
  const { workflow, trigger, startedBy } = started;
  const parent = parentToTell(started);
  const seed = derivedId(atMs, `${executionId}:seed`);
  return {
    executionId,
    started: {
      workflow,
      trigger,
      initialData: data,
      seed,
      logicalExecutionId: executionId,
      startedBy,
      parent,
      continuedFrom,
    },
  };
}

/**
 * What the end of an execution does to its relatives; null for one that has none.
 * @param open the children that have not ended, as far as its log knows.
 */
export function relationsAtEnd(
  self: Relative,
  ending: {
    readonly end: NonNullable<ExecutionFlush['end']>;
    readonly open: readonly NewChild[];
    readonly childrenStarted: readonly ChildStart[];
    readonly successor: Successor | null;
  },
): FlushRelations | null {
  const { end, open, childrenStarted, successor } = ending;
  const parent = parentToTell(self.started);
  // A run that goes on as another one is no end for its parent: the last run tells it.
  const parentTold =
    parent && !successor && !self.hasEndedBefore ? { parent, end: childEnd(self, parent.commandId, end) } : null;
  const childrenClosed = open.flatMap((child): ChildClosing[] => {
    const { childExecutionId: executionId, parentClosePolicy: policy } = child;
    return policy === 'abandon' ? [] : [{ executionId, partitionId: partitionOfChild(self, child), policy }];
  });
  if (!parentTold && !successor && childrenClosed.length === 0 && childrenStarted.length === 0) return null;
  return { childrenStarted, parentTold, childrenClosed, successor };
}

function childEnd(self: Relative, commandId: string, end: NonNullable<ExecutionFlush['end']>): ChildEnd {
  const { status, result, error } = end;
  const { executionId: childExecutionId } = self;
  // Runs that go on as others tell nobody.
  return { commandId, childExecutionId, status: status === 'continued_as_new' ? 'completed' : status, result, error };
}

/** Whose inboxes or first entries the commit wrote: their owners are to look. */
export function touchedBy(flush: ExecutionFlush): readonly ExecutionKey[] {
  const { relations, partitionId } = flush;
  if (!relations) return [];
  const { childrenStarted, parentTold, childrenClosed, successor } = relations;
  return [
    ...childrenStarted,
    ...childrenClosed,
    ...(parentTold ? [parentTold.parent] : []),
    ...(successor ? [{ executionId: successor.executionId, partitionId }] : []),
    // A child that could not be started is told to its parent, which is this one.
    ...(childrenStarted.length > 0 ? [flush] : []),
  ].map(({ executionId, partitionId: of }) => ({ executionId, partitionId: of }));
}

/** Whose inbox an action wrote: the owner is to look. */
export function signalledBy(actionName: string, outcome: RecordedOutcome): readonly ExecutionKey[] {
  if (actionName !== 'signalExecution' || outcome.status !== 'completed') return nobody;
  const { executionId, partitionId } = outcome.result as { executionId: string; partitionId: number };
  return [{ executionId, partitionId }];
}

const nobody: readonly never[] = [];
