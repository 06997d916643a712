/**
 * The options of commands that attack and measure the engine. What is wrong with them is told in a sentence, above how
 * the command is used, and ends it with 2: 1 is for a broken promise.
 */
import { parseArgs } from 'node:util';

/** The message is for whoever typed the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One option: how its text, undefined where it is not given, is read. A flag has no text. */
export interface Option<T> {
  readonly isFlag: boolean;
  /** @throws UsageError */
  readonly read: (text: string | undefined, name: string) => T;
}
type Options = Readonly<Record<string, Option<unknown>>>;
type ValuesOf<S extends Options> = { readonly [K in keyof S]: ReturnType<S[K]['read']> };

function taking<T, D>(wanted: string, valueOf: (text: string) => T | null, otherwise: D): Option<T | D> {
  const read = (text: string | undefined, name: string) => {
    if (text === undefined) return otherwise;
    const value = valueOf(text);
    if (value === null) throw new UsageError(`--${name} takes ${wanted}, not "${text}".`);
    return value;
  };
  return { isFlag: false, read };
}

const wholeNumber = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);
const positiveNumber = (text: string): number | null => {
  const value = /^\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : 0;
  return value > 0 && Number.isFinite(value) ? value : null;
};

/** Given or not. */
export const flag: Option<boolean> = { isFlag: true, read: (text) => text !== undefined };

/** How many: a whole number from 1. */
export const count = <D extends number | null>(otherwise: D): Option<number | D> =>
  taking('a whole number from 1', wholeNumber, otherwise);

/** Minutes and their like: a number above 0. */
export const positive = <D extends number | null>(otherwise: D): Option<number | D> =>
  taking('a number above 0', positiveNumber, otherwise);

/** The first seed: a whole number from 1, as text. */
export const seed: Option<string | undefined> = taking(
  'a whole number from 1',
  (text) => (wholeNumber(text) === null ? null : text),
  undefined,
);

/** One of these names. */
export const oneOf = (names: readonly string[]): Option<string | undefined> =>
  taking(`one of ${names.join(', ')}`, (text) => (names.includes(text) ? text : null), undefined);

/** A path or a name. */
export const text: Option<string | undefined> = taking('a value', (given) => (given === '' ? null : given), undefined);

/**
 * @returns the values of all options, and the words between them.
 * @throws UsageError for unknown options, values that an option does not take, and words where none are asked for.
 */
export function parseOptions<const S extends Options>(
  args: readonly string[],
  options: S,
  { words = false }: { readonly words?: boolean } = {},
): { readonly values: ValuesOf<S>; readonly words: readonly string[] } {
  const { values, positionals } = split(args, options, words);
  const read = Object.entries(options).map(([name, option]) => {
    const value = values[name];
    return [name, option.read(value === undefined ? undefined : String(value), name)];
  });
  return { values: Object.fromEntries(read) as ValuesOf<S>, words: positionals };
}

function split(args: readonly string[], options: Options, allowPositionals: boolean) {
  const types = Object.entries(options).map(([name, { isFlag }]) => {
    return [name, { type: isFlag ? ('boolean' as const) : ('string' as const) }] as const;
  });
  try {
    return parseArgs({ args: [...args], allowPositionals, options: Object.fromEntries(types) });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** What the process was called with. Ends it with 2 where that is not how it is used. */
export function orUsage<T>(usage: string, read: (args: readonly string[]) => T): T {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nUsage: ${usage}\n`);
    process.exit(2);
  }
}

/** The options of a command that takes nothing else. Ends the process with 2 where they are wrong. */
export const commandOptions = <const S extends Options>(usage: string, options: S): ValuesOf<S> =>
  orUsage(usage, (args) => parseOptions(args, options).values);
