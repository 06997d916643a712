/** Types of `context.actions` read off the actions that a workflow declares. */
/** What the types of a workflow need of an action. `defineAction` makes them. */
export interface TypedAction<Name extends string = string, Input = unknown, Output = unknown> {
  readonly name: Name;
  /** For the compiler alone: never set. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** A list of actions. */
export type TypedActions = readonly TypedAction[];

/** `context.actions` of a workflow that declares these actions: by their names, and by those in camel case. */
export type ActionsOf<A extends TypedActions> = {
  readonly [D in A[number] as D['name'] | CamelCase<D['name']>]: D extends TypedAction<string, infer I, infer O>
    ? ActionCall<I, O>
    : never;
};

type ActionCall<Input, Output> =
  Record<never, never> extends Input ? (params?: Input) => Promise<Output> : (params: Input) => Promise<Output>;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Uncapitalize<Head>}${Capitalize<CamelCase<Tail>>}`
  : Name extends `${infer Head}-${infer Tail}`
    ? `${Uncapitalize<Head>}${Capitalize<CamelCase<Tail>>}`
    : Uncapitalize<Name>;

/** A value after its way through the log: dates are texts, functions and symbols are gone, nothing is `null`. */
export type Recorded<T> = 0 extends 1 & T ? T : [T] extends [void] ? null : RecordedValue<T>;

type RecordedValue<T> = 0 extends 1 & T
  ? T
  : T extends { toJSON(): infer Json }
    ? RecordedValue<Json>
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? RecordedValue<Element>[]
        : T extends object
          ? { [K in keyof T as T[K] extends NotRecorded ? never : K]: RecordedValue<T[K]> }
          : unknown;

type NotRecorded = ((...args: never[]) => unknown) | symbol;
