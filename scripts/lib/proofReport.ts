/** What all commands that attack the engine have in common: their seeds, their table, their last line. */

/** `count` seeds from `first` on; `first` alone without a count. */
export function seedsOf({
  count,
  first,
  otherwise,
}: {
  readonly count: number | null;
  readonly first: string | undefined;
  readonly otherwise: number;
}): string[] {
  if (first === undefined) return Array.from({ length: count ?? otherwise }, (_, index) => String(index + 1));
  if (count === null || count === 1) return [first];
  const start = Number(first);
  return Array.from({ length: count }, (_, index) => String(start + index));
}

/** Prints the table and, as the last line, the same as JSON; ends the process, with 1 if anything was broken. */
export function endWith({
  table,
  broken,
}: {
  readonly table: Readonly<Record<string, number>>;
  /** What broke a promise: seeds, or sentences. */
  readonly broken: readonly string[];
}): never {
  const rounded = Object.entries({ ...table, violations: broken.length }).map(
    ([name, value]) => [name, Math.round(value * 10) / 10] as const,
  );
  console.log('');
  for (const [name, value] of rounded) console.log(`${name.padEnd(18)}${String(value).padStart(12)}`);
  if (broken.length > 0) console.log(`broken: ${broken.join(' ')}`);
  console.log(JSON.stringify(Object.fromEntries(rounded)));
  process.exit(broken.length > 0 ? 1 : 0);
}
