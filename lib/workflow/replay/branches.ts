/**
 * The engine's own combinators. Each branch names its commands apart from the others, and a branch that lost its race
 * is withdrawn: what it waits for goes, and its code never goes on.
 */
import { InvalidInputError } from '../model/errors';
import { assertStorableName } from '../model/storable';
import type { Branches, Combinators } from '../model/combinators';

export class Branch {
  readonly #prefix: string;
  readonly #parent: Branch | null;
  readonly #counters = new Map<string, number>();
  #isWithdrawn = false;

  constructor(prefix: string, parent: Branch | null) {
    this.#prefix = prefix;
    this.#parent = parent;
  }

  /** Begins the ids of its commands. */
  get prefix(): string {
    return this.#prefix;
  }

  get isWithdrawn(): boolean {
    return this.#isWithdrawn || this.#parent?.isWithdrawn === true;
  }

  withdraw(): void {
    this.#isWithdrawn = true;
  }

  /** Settles as the promise does, and never once the branch is withdrawn. */
  unlessWithdrawn<T>(promise: Promise<T>): Promise<T> {
    const gated = new Promise<T>((resolve, reject) => {
      promise.then(
        (value) => {
          if (!this.isWithdrawn) resolve(value);
        },
        (error: Error) => {
          if (!this.isWithdrawn) reject(error);
        },
      );
    });
    gated.catch(() => undefined);
    return gated;
  }

  /** A branch within this one: its name counts in the order of calls, as commands do. */
  open(name: string): Branch {
    const count = (this.#counters.get(name) ?? 0) + 1;
    this.#counters.set(name, count);
    return new Branch(`${this.#prefix}${name}#${count}/`, this);
  }

  member(key: string): Branch {
    return new Branch(`${this.#prefix}${key}/`, this);
  }
}

export interface BranchHost {
  /** The branch that the calling code belongs to. */
  currentBranch(): Branch;
  runIn<T>(branch: Branch, code: () => T): T;
  /** Whatever these branches and promises wait for is waited for no more. */
  withdraw(branches: readonly Branch[], promises: readonly unknown[]): void;
}

export function combinatorsOf(host: BranchHost): Combinators {
  const begin = (kind: string, branches: Branches) => {
    if (typeof branches !== 'object' || branches === null || Object.keys(branches).length === 0) {
      throw new InvalidInputError(`context.${kind} needs a list or a record of functions or promises.`);
    }
    for (const key of Object.keys(branches)) assertStorableName(key, `The name of a branch of context.${kind}`);
    const group = host.currentBranch().open(kind);
    return Object.entries(branches).map(([key, branch]) => {
      const own = group.member(key);
      if (typeof branch !== 'function') return { key, own, given: branch, promise: Promise.resolve(branch) };
      let given: unknown;
      // A branch that is nothing but a wait is that wait.
      const wait = () => {
        const answer = branch();
        given = answer;
        return answer;
      };
      const promise = host.runIn(own, () => started(wait));
      return { key, own, given, promise };
    });
  };
  const combinators = {
    async all(branches: Branches) {
      const members = begin('all', branches);
      const results = await Promise.all(members.map(({ promise }) => promise));
      if (Array.isArray(branches)) return results;
      return Object.fromEntries(members.map(({ key }, index) => [key, results[index]]));
    },

    async race(branches: Branches) {
      const members = begin('race', branches);
      return new Promise<unknown>((resolve, reject) => {
        let isDecided = false;
        const decide = (winner: (typeof members)[number], settle: () => void) => {
          if (isDecided) return;
          isDecided = true;
          const losers = members.filter((member) => member !== winner);
          host.withdraw(
            losers.map(({ own }) => own),
            losers.map(({ given }) => given),
          );
          settle();
        };
        for (const member of members) {
          member.promise.then(
            (value) => decide(member, () => resolve(Array.isArray(branches) ? value : { name: member.key, value })),
            (error: Error) => decide(member, () => reject(error)),
          );
        }
      });
    },

    async scope<T>(name: string, code: () => Promise<T> | T) {
      if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) {
        throw new InvalidInputError('context.scope needs a name of letters, digits, dots, dashes or underscores.');
      }
      return host.runIn(host.currentBranch().open(name), () => started(code));
    },
  };
  // The types of results follow from those of the branches, which the code above does not look at.
  return combinators as Combinators;
}

/** A branch that throws before its first await rejects, as one that throws later. */
async function started<T>(code: () => Promise<T> | T): Promise<T> {
  return code();
}
