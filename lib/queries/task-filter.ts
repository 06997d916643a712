/** What narrows lists of tasks: the inbox's filters, the same on pages and in the API. */
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { dueOrder, taskWords, workflowTasks as t } from '../db/schema';

export const taskPriorities = ['urgent', 'high', 'normal', 'low'] as const;
/** `soon`: within a day; `week`: within seven; `none`: no date is set. None but `overdue` includes what is late. */
export const dueFilters = ['overdue', 'soon', 'week', 'none'] as const;

export interface TaskFilter {
  /** Tasks that have all of these words, or words that begin with them. */
  readonly words: string | null;
  readonly taskType: string | null;
  readonly priority: (typeof taskPriorities)[number] | null;
  readonly due: (typeof dueFilters)[number] | null;
  /** The name of the workflow that asks. */
  readonly workflow: string | null;
}

export const noFilter: TaskFilter = { words: null, taskType: null, priority: null, due: null, workflow: null };

/** What stands for a filter in an address. */
export const filterParams = ['q', 'type', 'priority', 'due', 'workflow'] as const;
export type FilterParam = (typeof filterParams)[number];

/** The filter that an address asks for; what it does not understand is left out. */
export function filterOf(params: Readonly<Partial<Record<FilterParam, unknown>>>): TaskFilter {
  // No task has a name with NUL in it, and Postgres takes no such text.
  const text = (value: unknown) =>
    typeof value === 'string' && value.trim() !== '' && !value.includes('\u0000') ? value.slice(0, 200) : null;
  return {
    words: text(params.q),
    taskType: text(params.type),
    priority: taskPriorities.find((name) => name === params.priority) ?? null,
    due: dueFilters.find((name) => name === params.due) ?? null,
    workflow: text(params.workflow),
  };
}

const dayMs = 86_400_000;

export function matchesFilter(
  { words, taskType, priority, due, workflow }: TaskFilter,
  nowMs: number,
): SQL | undefined {
  return and(
    words === null ? undefined : hasWords(words),
    taskType === null ? undefined : eq(t.taskType, taskType),
    priority === null ? undefined : eq(t.priority, priority),
    due === null ? undefined : isDue(due, nowMs),
    workflow === null ? undefined : eq(t.workflowName, workflow),
  );
}

/** By the order of lists, whose index begins where the filter does. */
const dueAt = sql.raw(dueOrder('workflow_tasks.'));

function isDue(due: NonNullable<TaskFilter['due']>, nowMs: number): SQL {
  const [now, day, week] = [nowMs, nowMs + dayMs, nowMs + 7 * dayMs].map((ms) => new Date(ms).toISOString());
  switch (due) {
    case 'overdue':
      return sql`${dueAt} < ${now}::timestamptz`;
    case 'soon':
      return sql`${dueAt} >= ${now}::timestamptz AND ${dueAt} < ${day}::timestamptz`;
    case 'week':
      return sql`${dueAt} >= ${now}::timestamptz AND ${dueAt} < ${week}::timestamptz`;
    case 'none':
      return sql`${dueAt} = 'infinity'::timestamptz`;
  }
}

/** More than anybody types. */
const maxWords = 12;

function hasWords(text: string): SQL {
  let count = 0;
  const terms = text
    .normalize('NFC')
    .replaceAll('\u0000', ' ')
    .split(/\s+/)
    .flatMap((typed) => {
      const words = (typed.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, maxWords - count);
      count += words.length;
      return words.length === 0 ? [] : termOf(typed, words);
    });
  // Without a word in it, it asks for nothing.
  if (terms.length === 0) return sql`true`;
  return sql`${sql.raw(taskWords('workflow_tasks.'))} @@ to_tsquery('simple', ${terms.join(' & ')})`;
}

/**
 * Texts of the context are indexed as they stand, where `PO-2026-00042` holds negative numbers and an address is one
 * word: what is typed is looked for by its words, and as a whole.
 */
function termOf(typed: string, words: readonly string[]): string {
  const all = words.map((word) => (/^\d+$/.test(word) ? `('${word}':* | '-${word}':*)` : `'${word}':*`)).join(' & ');
  if (typed === words[0]) return all;
  const whole = typed.replaceAll('\\', '\\\\').replaceAll("'", "''");
  return `((${all}) | '${whole}':*)`;
}
