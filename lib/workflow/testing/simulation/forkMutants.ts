/** Faults of design in forks that the oracle must notice. */
import { insertFork } from '../memory/forks';
import type { Mutant } from './mutants';

const live = 'core/engine/liveExecution.ts';
const revival = 'core/engine/revival.ts';

export const forkMutants: readonly Mutant[] = [
  {
    name: 'a fork forgets the results of its actions',
    isForked: true,
    workflow: 'pipeline',
    insertFork: (tables, fork) => {
      insertFork(tables, fork);
      tables.execution(fork.executionId).results.clear();
    },
  },
  {
    name: 'a fork takes an entry more than it was asked for',
    isForked: true,
    workflow: 'pipeline',
    insertFork: (tables, fork) => insertFork(tables, { ...fork, atSeq: fork.atSeq + 1 }),
  },
  {
    name: 'a fork has no tasks of its own',
    isForked: true,
    workflow: 'review',
    patches: [
      {
        file: revival,
        find: 'if (tasks.length === 0) return true;',
        replace: 'if (tasks.length >= 0) return true;',
      },
    ],
  },
  {
    name: 'a fork ends the tasks of its source and not its own',
    isForked: true,
    workflow: 'impatientReview',
    patches: [
      { file: live, find: 'return this.#forkedTasks?.get(taskId)?.taskId ?? taskId;', replace: 'return taskId;' },
    ],
  },
  {
    name: 'what is open in a fork has no rows',
    isForked: true,
    workflow: 'sleeper',
    patches: [
      {
        file: revival,
        find: 'const restoresRows = isRetried || isForked;',
        replace: 'const restoresRows = isRetried;',
      },
    ],
  },
  {
    name: 'the parent of its source is told of the end of a fork',
    isForked: true,
    workflow: 'family',
    patches: [
      {
        file: 'core/engine/relations.ts',
        find: 'return started.fork ? null : (started.parent ?? null);',
        replace: 'return started.parent ?? null;',
      },
    ],
  },
];
