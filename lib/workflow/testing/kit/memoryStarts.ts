/** Starts of actions that must not be started twice, over tables in memory. */
import type { ActionCall } from '../../model/ports/actions';
import type { ActionStartStore } from '../../model/ports/actionStores';
import { isOpen, type MemoryTables, type TaskTableRow } from '../memory/tables';

/** For one worker that loses nothing: it owns every call. */
export function createMemoryStarts({ tables }: { readonly tables: MemoryTables }): ActionStartStore {
  const starts = new Map<string, number>();
  const keyOf = ({ executionId, commandId }: ActionCall): string => `${executionId} ${commandId}`;
  const question = ({ executionId, commandId }: ActionCall, attempt: number): TaskTableRow | undefined =>
    [...tables.tasks.values()].find(
      (task) => task.executionId === executionId && task.insert.commandId === `${commandId}?${attempt}`,
    );
  return {
    start: async ({ call, confirmed }) => {
      const known = starts.get(keyOf(call)) ?? 0;
      if (known !== confirmed) return { kind: 'known', attempt: known };
      starts.set(keyOf(call), confirmed + 1);
      return { kind: 'started', attempt: confirmed + 1 };
    },

    findAnswer: async ({ call, attempt }) => {
      const task = question(call, attempt);
      if (!task) return { kind: 'nobody_asked' };
      if (isOpen(task)) return { kind: 'open', taskId: task.taskId };
      const outcome = task.status === 'completed' ? task.outcome : null;
      return { kind: 'ended', outcome, output: task.output ?? null };
    },

    closeQuestion: async ({ call, atMs }) => {
      const attempt = starts.get(keyOf(call)) ?? 0;
      const task = question(call, attempt);
      if (task && isOpen(task)) Object.assign(task, { status: 'canceled', endedAtMs: atMs });
      return { attempt };
    },

    ask: async ({ call, attempt, task: row, atMs }) => {
      const known = question(call, attempt);
      if (known) return { taskId: known.taskId };
      const { taskId } = row;
      tables.tasks.set(taskId, {
        taskId,
        loggedTaskId: taskId,
        executionId: call.executionId,
        insert: { commandId: `${call.commandId}?${attempt}`, createdAtMs: atMs, status: 'pending', row },
        status: 'pending',
        outcome: null,
        endedAtMs: null,
        isClosing: false,
        activities: ['created'],
      });
      return { taskId };
    },
  };
}
