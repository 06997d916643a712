/** What must hold between tasks and the logs of the executions that asked for them. */
import { stepTimer, type EntryBody, type HistoryEntry } from '../../model/history';
import type { MemoryTables, TaskTableRow } from '../memory/tables';
import type { Say } from './historyChecks';
import type { Rested } from './oracle';

export function checkTasks(tables: MemoryTables, rested: Rested, copied: number, say: Say): void {
  const { executionId, history } = rested;
  for (const task of tables.tasks.values()) if (task.executionId === executionId) checkRow(task, rested, copied, say);
  for (const entry of history) if (entry.kind === 'task_created') checkSteps(entry.body, history, say);
}

/** How a task ended, and what time made of it before, is what the log of its own execution says of it. */
function checkRow(task: TaskTableRow, { row, history }: Rested, copied: number, say: Say): void {
  const { taskId, loggedTaskId, status, insert, activities } = task;
  const timedOut = history.some(({ kind, body }) => kind === 'timer_fired' && body.commandId === insert.commandId);
  const isAnswered = status === 'completed' && !timedOut;
  if (isAnswered) {
    const logged = history.filter(({ kind, body }) => kind === 'task_ended' && body.taskId === loggedTaskId);
    const late = row.inbox.filter(
      ({ kind, payloadText }) =>
        kind === 'task_ended' && (JSON.parse(payloadText) as { taskId: string }).taskId === loggedTaskId,
    );
    const times = logged.length + late.length;
    if (times !== 1) say(`task ${taskId} was answered, and its log tells of that ${times} times`);
  }
  if (status === 'expired' && !timedOut && !gaveUp(task, history)) say(`task ${taskId} expired before its time`);
  const own = taskId === loggedTaskId ? history : history.slice(copied);
  for (const [activity, wanted] of [
    ['reminded', 'task_reminded'],
    ['escalated', 'task_escalated'],
  ] as const) {
    const done = activities.filter((each) => each === activity).length;
    const logged = own.filter(({ kind, body }) => kind === wanted && body.taskId === loggedTaskId).length;
    // What was due before the answer is logged before it; nobody is reminded of what is answered meanwhile.
    if (done > logged || (done < logged && !isAnswered))
      say(`task ${taskId} was ${activity} ${done} times, and its log says ${logged}`);
  }
  const roles = history.flatMap(({ kind, body }) => {
    if (kind === 'task_created' && body.taskId === loggedTaskId) return body.candidateRoles;
    return kind === 'task_escalated' && body.taskId === loggedTaskId ? body.roles : [];
  });
  const open = new Set(insert.row.candidateRoles);
  const told = new Set(roles);
  const isMissed = roles.some((role) => !open.has(role)) && !isAnswered;
  if (isMissed || [...open].some((role) => !told.has(role))) {
    say(`task ${taskId} is for ${[...open].join(', ')}, and its log says ${[...told].join(', ')}`);
  }
}

/** The wait for it had a time of its own. */
function gaveUp({ loggedTaskId }: TaskTableRow, history: readonly HistoryEntry[]): boolean {
  const waits = history.flatMap((entry) =>
    entry.kind === 'wait_started' && entry.body.taskId === loggedTaskId ? [entry.body.commandId] : [],
  );
  return history.some(({ kind, body }) => kind === 'timer_fired' && waits.includes(body.commandId));
}

/** Each step whose time came while the task was open happened once, not before its time, and none behind its end. */
function checkSteps(created: EntryBody<'task_created'>, history: readonly HistoryEntry[], say: Say): void {
  const { taskId, commandId, steps = [] } = created;
  const end = history.findIndex(
    ({ kind, body }) =>
      (kind === 'task_ended' && body.taskId === taskId) || (kind === 'timer_fired' && body.commandId === commandId),
  );
  for (const [place, { at, kind }] of steps.entries()) {
    const timer = stepTimer(commandId, place);
    const fired = history.findIndex((entry) => entry.kind === 'timer_fired' && entry.body.commandId === timer);
    const done = history.filter(
      (entry) => (entry.kind === 'task_reminded' || entry.kind === 'task_escalated') && entry.body.commandId === timer,
    );
    const ended = history[end];
    const isInTime = fired >= 0 && (end < 0 || fired < end);
    const [first] = done;
    if (first && first.at < Date.parse(at)) say(`the ${kind} of task ${taskId} came before its time`);
    const isOver = history.at(-1)?.kind === 'execution_completed';
    if (done.length === 0 && isInTime && isOver) say(`the ${kind} ${timer} fired and did not happen`);
    if (done.length > 1) say(`the ${kind} ${timer} happened ${done.length} times`);
    if (done.length > 0 && !isInTime) say(`the ${kind} ${timer} happened behind the end of its task`);
    const wasAnswered = ended?.kind === 'task_ended' && Date.parse(ended.body.endedAt) > Date.parse(at);
    if (wasAnswered && !isInTime) say(`the ${kind} ${timer} was due before its task was answered, and did not happen`);
  }
}
