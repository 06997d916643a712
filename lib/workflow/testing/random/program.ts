/** Random workflows are data: a program that one registered workflow interprets. */
import type { JsonValue } from '../../model/json';

export type Step =
  | { readonly do: 'state'; readonly id: string }
  /** Sets data, changes what it reads back, and reads again. */
  | { readonly do: 'data'; readonly id: string }
  | { readonly do: 'act'; readonly id: string; readonly action: ProgramAction }
  | {
      readonly do: 'wait';
      readonly id: string;
      readonly names: readonly string[];
      readonly timeoutMs: number | null;
      /** What is done when the time runs out first. */
      readonly late: readonly Step[];
    }
  | { readonly do: 'sleep'; readonly id: string; readonly ms: number }
  | {
      readonly do: 'task';
      readonly id: string;
      readonly expiresInMs: number | null;
      readonly timeoutMs: number | null;
      /** Actions between the task and the wait for it. */
      readonly work: number;
    }
  /** An event against times. */
  | {
      readonly do: 'race';
      readonly id: string;
      readonly names: readonly string[];
      readonly sleepsMs: readonly number[];
    }
  | { readonly do: 'loop'; readonly id: string; readonly times: number; readonly body: readonly Step[] }
  | { readonly do: 'parallel'; readonly id: string; readonly branches: readonly (readonly Step[])[] }
  | { readonly do: 'try'; readonly id: string; readonly body: readonly Step[] }
  | { readonly do: 'throw'; readonly id: string };

/** `refuse` always fails, and the failure is caught. */
export type ProgramAction = 'charge' | 'book' | 'flaky' | 'refuse';

export type Program = readonly Step[];

/**
 * Where in the program the interpreter is: the rounds of all loops around it, and of those around its branch. Steps
 * are told apart by the first, names of events by the second, so that branches never compete for an event.
 */
export interface Place {
  readonly rounds: string;
  readonly branchRounds: string;
}

export const outermost: Place = { rounds: '', branchRounds: '' };

export const labelOf = (id: string, { rounds }: Place): string => `${id}${rounds}`;
export const eventName = (name: string, { branchRounds }: Place): string => `${name}${branchRounds}`;
export const inRound = (place: Place, round: number): Place => ({ ...place, rounds: `${place.rounds}.${round}` });
export const inBranch = (place: Place): Place => ({ ...place, branchRounds: place.rounds });

/** The line that the interpreter logs right before a wait: the records that follow it belong to that wait. */
export const markOf = (label: string): string => `mark ${label}`;

export const asData = (program: Program): JsonValue => JSON.parse(JSON.stringify(program)) as JsonValue;

/** How often events of each name are waited for at most, and whether somebody waits without a timeout. */
export function demandOf(program: Program): ReadonlyMap<string, { waits: number; needed: boolean }> {
  const demand = new Map<string, { waits: number; needed: boolean }>();
  const ask = (names: readonly string[], place: Place, needed: boolean) => {
    for (const name of names.map((each) => eventName(each, place))) {
      const known = demand.get(name);
      demand.set(name, { waits: (known?.waits ?? 0) + 1, needed: needed || known?.needed === true });
    }
  };
  const visit = (steps: Program, place: Place): void => {
    for (const step of steps) {
      if (step.do === 'wait') {
        ask(step.names, place, step.timeoutMs === null);
        visit(step.late, place);
      }
      if (step.do === 'race') ask(step.names, place, false);
      if (step.do === 'loop') for (let i = 1; i <= step.times; i += 1) visit(step.body, inRound(place, i));
      if (step.do === 'try') visit(step.body, place);
      if (step.do === 'parallel') for (const branch of step.branches) visit(branch, inBranch(place));
    }
  };
  visit(program, outermost);
  return demand;
}

/** Whether anything but the program decides its result: times, and people. */
export function isContested(program: Program): boolean {
  return program.some((step) => {
    switch (step.do) {
      case 'task':
      case 'race':
        return true;
      case 'wait':
        return step.timeoutMs !== null;
      case 'loop':
      case 'try':
        return isContested(step.body);
      case 'parallel':
        return step.branches.some(isContested);
      default:
        return false;
    }
  });
}
