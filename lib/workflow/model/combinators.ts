/** Running parts of a workflow side by side, under names of their own. */

/** A function that is run as a branch of its own, or a promise that goes on already. */
export type BranchOf<T> = (() => Promise<T> | T) | PromiseLike<T>;
export type Branches = readonly BranchOf<unknown>[] | Readonly<Record<string, BranchOf<unknown>>>;

type ResultOf<B> = B extends () => infer R ? Awaited<R> : Awaited<B>;
type Results<B> = { -readonly [K in keyof B]: ResultOf<B[K]> };
type Winner<B> = B extends readonly unknown[]
  ? ResultOf<B[number]>
  : { [K in keyof B]: { readonly name: K; readonly value: ResultOf<B[K]> } }[keyof B];

/**
 * Commands of a branch are named and counted apart from all others, so that a change of one branch leaves the names in
 * the others as they are.
 */
export interface Combinators {
  /** Runs all branches; results in their order, or by name. Rejects with the first that fails; the others go on. */
  all<const B extends Branches>(branches: B): Promise<Results<B>>;
  /**
   * The first branch that settles decides. What the others wait for is withdrawn, however deep in their functions: they
   * never go on, not even their `finally`. Actions that they started end, and nobody hears of it. For a record the
   * answer names the winner: `{ name, value }`.
   */
  race<const B extends Branches>(branches: B): Promise<Winner<B>>;
  /** Runs code under a name of its own. */
  scope<T>(name: string, code: () => Promise<T> | T): Promise<T>;
}
