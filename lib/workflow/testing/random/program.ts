/** Random workflows are data: a program that one registered workflow interprets. */
import type { JsonValue } from '../../model/json';
import type { ParentClosePolicy } from '../../model/relations';

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
  | { readonly do: 'throw'; readonly id: string }
  /** Another execution that runs a program of its own, without events. */
  | { readonly do: 'child'; readonly id: string; readonly body: Program; readonly policy: ParentClosePolicy }
  /** Waits for an event of the bus that is about this execution and this step. */
  | { readonly do: 'match'; readonly id: string; readonly timeoutMs: number | null }
  | { readonly do: 'scope'; readonly id: string; readonly body: Program }
  /** Actions one after the other, against a time: the loser's branch goes no further. */
  | { readonly do: 'duel'; readonly id: string; readonly actions: readonly ProgramAction[]; readonly sleepMs: number }
  /** The last step of all: the rest is for the next run. */
  | { readonly do: 'goOn'; readonly id: string; readonly rest: Program };

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

/** What an event of the bus must hold for this step, of an execution that was given this tag. */
export const matchKey = (tag: number, label: string): string => `${tag} ${label}`;

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
      if (step.do === 'try' || step.do === 'scope') visit(step.body, place);
      if (step.do === 'goOn') visit(step.rest, place);
      if (step.do === 'parallel') for (const branch of step.branches) visit(branch, inBranch(place));
    }
  };
  visit(program, outermost);
  return demand;
}

/** The labels of all steps that wait for an event of the bus. */
export function matchesOf(program: Program, place: Place = outermost): string[] {
  return program.flatMap((step): string[] => {
    switch (step.do) {
      case 'match':
        return [labelOf(step.id, place)];
      case 'wait':
        return matchesOf(step.late, place);
      case 'loop':
        return Array.from({ length: step.times }, (_, index) => matchesOf(step.body, inRound(place, index + 1))).flat();
      case 'try':
      case 'scope':
        return matchesOf(step.body, place);
      case 'parallel':
        return step.branches.flatMap((branch) => matchesOf(branch, inBranch(place)));
      case 'goOn':
        return matchesOf(step.rest, place);
      default:
        return [];
    }
  });
}

/** The program of each run, the first one first. */
export function runsOf(program: Program): Program[] {
  const last = program.at(-1);
  return last?.do === 'goOn' ? [program, ...runsOf(last.rest)] : [program];
}

/** Whether anything but the program decides its result: times, and people. */
export function isContested(program: Program): boolean {
  return program.some((step) => {
    switch (step.do) {
      case 'task':
      case 'race':
      case 'child':
      case 'duel':
        return true;
      case 'wait':
      case 'match':
        return step.timeoutMs !== null;
      case 'goOn':
        return isContested(step.rest);
      case 'loop':
      case 'try':
      case 'scope':
        return isContested(step.body);
      case 'parallel':
        return step.branches.some(isContested);
      default:
        return false;
    }
  });
}
