/**
 * Arrays as Postgres reads them, for statements that carry thousands of values. The driver's own way looks at each
 * value several times; here what a value may contain is known, and most values need no look at all.
 */
export class ArrayText {
  readonly #values: (string | number)[] = [];

  /** A value without commas, quotes, braces or spaces: a number, an id of the engine's own making. */
  plain(value: string | number): void {
    this.#values.push(value);
  }

  /** Any text, or nothing. */
  text(value: string | null): void {
    if (value === null) this.plain('NULL');
    else this.plain(needsCare.test(value) ? `"${value.replace(special, '\\$&')}"` : `"${value}"`);
  }

  /**
   * What `JSON.stringify` wrote. It contains no control characters, and so a JSON string of it is what Postgres takes
   * as a quoted element: both put a backslash before quotes and backslashes, and before nothing else.
   */
  json(text: string | null): void {
    this.plain(text === null ? 'NULL' : JSON.stringify(text));
  }

  toString(): string {
    return `{${this.#values.join(',')}}`;
  }
}

const needsCare = /["\\]/;
const special = /["\\]/g;
