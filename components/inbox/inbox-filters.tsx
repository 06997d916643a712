'use client';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState, useTransition, type ReactNode } from 'react';
import { Icon } from '@/components/ui/icons';
import { useCommands, useKeyCommand, type Command } from '@/components/ui/commands';
import { Key } from '@/components/ui/key';
import type { TaskFilter } from '@/lib/queries/task-filter';

interface TaskType {
  readonly taskType: string;
  readonly name: string;
}

/** What there is to choose from. */
export interface FilterChoices {
  readonly taskTypes: readonly TaskType[];
  /** Names of workflows. */
  readonly workflows: readonly string[];
}

type FilterName = 'q' | 'type' | 'priority' | 'due' | 'workflow';

/** Long enough not to ask for each letter. */
const pauseMs = 200;

const dueWords = { overdue: 'Overdue', soon: 'Due within a day', week: 'Due within a week', none: 'Without a date' };
const priorityWords = { urgent: 'Urgent', high: 'High', normal: 'Normal', low: 'Low' };

/** The address is the filter: it survives a reload and can be sent. The task that was open makes room for the first. */
function useFilterAddress() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [isPending, startTransition] = useTransition();
  // A second change must not forget the first one, which is still on its way.
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    wanted.current = null;
  }, [params]);
  const narrow = (changes: Readonly<Partial<Record<FilterName, string>>>) => {
    const next = new URLSearchParams(wanted.current ?? params);
    for (const [name, value] of Object.entries(changes)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    next.delete('task');
    const query = next.toString();
    wanted.current = query;
    startTransition(() => router.replace(query === '' ? path : `${path}?${query}`, { scroll: false }));
  };
  return { narrow, isPending };
}

/** Search and filters of the list. */
export function InboxFilters({
  filter,
  choices: { taskTypes, workflows },
  onEnter,
  children,
}: {
  readonly filter: TaskFilter;
  readonly choices: FilterChoices;
  /** Enter in the search goes on with what was found. */
  readonly onEnter: () => void;
  /** After the filters. */
  readonly children: ReactNode;
}) {
  const { narrow, isPending } = useFilterAddress();
  const { priority, due, taskType, workflow } = filter;
  const hasFilter = [taskType, due, priority, workflow].some((chosen) => chosen !== null);
  const clear = () => narrow({ type: '', due: '', priority: '', workflow: '' });
  const options = {
    type: taskTypes.map((type) => [type.taskType, type.name] as const),
    due: Object.entries(dueWords),
    priority: Object.entries(priorityWords),
    workflow: workflows.map((name) => [name, plainName(name)] as const),
  };
  useCommands(() => [
    ...(hasFilter ? [{ words: 'Clear filters', icon: 'x', group: 'filters', run: clear } as const] : []),
    ...(Object.keys(options) as (keyof typeof options)[]).flatMap((name) =>
      options[name].map(([value, word]): Command => ({
        words: `Filter by ${name}: ${word}`,
        icon: 'filter',
        group: 'filters',
        isAskedFor: true,
        run: () => narrow({ [name]: value }),
      })),
    ),
  ]);
  return (
    <div className="narrow" role="search" aria-label="Tasks" aria-busy={isPending || undefined}>
      <SearchField words={filter.words ?? ''} onSearch={(q) => narrow({ q })} onEnter={onEnter} />
      <div className="filters">
        <Choice name="Type" value={taskType ?? ''} options={options.type} onChange={(type) => narrow({ type })} />
        <Choice name="Due" value={due ?? ''} options={options.due} onChange={(chosen) => narrow({ due: chosen })} />
        <Choice
          name="Priority"
          value={priority ?? ''}
          options={options.priority}
          onChange={(chosen) => narrow({ priority: chosen })}
        />
        <Choice
          name="Workflow"
          value={workflow ?? ''}
          options={options.workflow}
          onChange={(chosen) => narrow({ workflow: chosen })}
        />
        {hasFilter ? (
          <button className="btn btn-ghost" type="button" onClick={clear}>
            Clear filters
          </button>
        ) : null}
        {children}
      </div>
    </div>
  );
}

/** "Invoice review" for `InvoiceReview`. */
function plainName(name: string): string {
  const words = name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').replaceAll(/[_-]+/g, ' ');
  return words.charAt(0) + words.slice(1).replaceAll(/ \p{Lu}(?=\p{Ll})/gu, (start) => start.toLowerCase());
}

function Choice({
  name,
  value,
  options,
  onChange,
}: {
  readonly name: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, word: string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <span className="select">
      <select
        aria-label={name}
        data-set={value !== '' || undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{name}: any</option>
        {options.map(([option, word]) => (
          <option key={option} value={option}>
            {word}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

/** Searches a moment after the typing paused. An address that changes by itself changes the field, unless somebody types. */
function SearchField({
  words,
  onSearch,
  onEnter,
}: {
  readonly words: string;
  readonly onSearch: (words: string) => void;
  readonly onEnter: () => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [typed, setTyped] = useState(words);
  const [seen, setSeen] = useState(words);
  const [isTyping, setTyping] = useState(false);
  if (words !== seen) {
    setSeen(words);
    if (!isTyping) setTyped(words);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeyCommand('searchTasks', { run: () => field.current?.focus() });

  // The typing may end after the page was drawn again.
  const search = useRef(onSearch);
  useEffect(() => {
    search.current = onSearch;
  });
  const change = (next: string, isNow = false) => {
    setTyped(next);
    clearTimeout(timer.current);
    if (isNow) onSearch(next.trim());
    else timer.current = setTimeout(() => search.current(next.trim()), pauseMs);
  };
  return (
    <label className="find">
      <Icon name="search" />
      <span className="vh">Search these tasks</span>
      <input
        ref={field}
        type="search"
        placeholder="Search these tasks"
        maxLength={200}
        value={typed}
        onFocus={() => setTyping(true)}
        onBlur={() => setTyping(false)}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          event.preventDefault();
          event.currentTarget.blur();
          if (event.key === 'Enter') onEnter();
          else if (typed !== '') change('', true);
        }}
      />
      <Key of="searchTasks" />
    </label>
  );
}
