/** What narrows lists of tasks: the inbox's filters, the same on pages and in the API. */
import { and, eq, gte, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { taskWords, workflowTasks as t } from '../db/schema';

export const taskPriorities = ['urgent', 'high', 'normal', 'low'] as const;
/** `soon`: within a day; `week`: within seven; `none`: no date is set. None but `overdue` includes what is late. */
export const dueFilters = ['overdue', 'soon', 'week', 'none'] as const;

export interface TaskFilter {
  /** Tasks that have all of these words, or words that begin with them. */
  readonly words: string | null;
  readonly taskType: string | null;
  readonly priority: (typeof taskPriorities)[number] | null;
  readonly due: (typeof dueFilters)[number] | null;
}

export const noFilter: TaskFilter = { words: null, taskType: null, priority: null, due: null };

/** The filter that an address asks for; what it does not understand is left out. */
export function filterOf(params: Readonly<Record<'q' | 'type' | 'priority' | 'due', unknown>>): TaskFilter {
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : null);
  return {
    words: text(params.q),
    taskType: text(params.type),
    priority: taskPriorities.find((name) => name === params.priority) ?? null,
    due: dueFilters.find((name) => name === params.due) ?? null,
  };
}

const dayMs = 86_400_000;

export function matchesFilter({ words, taskType, priority, due }: TaskFilter, nowMs: number): SQL | undefined {
  return and(
    words === null ? undefined : hasWords(words),
    taskType === null ? undefined : eq(t.taskType, taskType),
    priority === null ? undefined : eq(t.priority, priority),
    due === null ? undefined : isDue(due, nowMs),
  );
}

function isDue(due: NonNullable<TaskFilter['due']>, nowMs: number): SQL | undefined {
  const [now, day, week] = [nowMs, nowMs + dayMs, nowMs + 7 * dayMs].map((ms) => new Date(ms)) as [Date, Date, Date];
  switch (due) {
    case 'overdue':
      return lt(t.dueAt, now);
    case 'soon':
      return and(gte(t.dueAt, now), lt(t.dueAt, day));
    case 'week':
      return and(gte(t.dueAt, now), lt(t.dueAt, week));
    case 'none':
      return isNull(t.dueAt);
  }
}

/** More than anybody types. */
const maxWords = 12;

function hasWords(text: string): SQL {
  const words = (text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, maxWords);
  // Without a word in it, it asks for nothing.
  if (words.length === 0) return sql`true`;
  const query = words.map((word) => `'${word}':*`).join(' & ');
  return sql`${sql.raw(taskWords('workflow_tasks.'))} @@ to_tsquery('simple', ${query})`;
}
