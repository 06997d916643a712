/**
 * Reads JSON as somebody types it: the value with the place of each of its parts, or the place where it stops being
 * JSON, in words. The browser's own parser tells neither alike everywhere.
 */
import { toPointer } from '../json';

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly value: TextRange;
  /** The member's name with its quotes; entries of lists and the whole have none. */
  readonly name?: TextRange;
}

export type JsonText =
  | {
      readonly ok: true;
      readonly value: unknown;
      readonly placeOf: (pointer: string) => Place;
      /** Pointers of members whose name stands twice in the same object. */
      readonly repeated: readonly string[];
    }
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Deeper than any form may be. */
const MAX_DEPTH = 200;

class NotJson extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

export function readJsonText(text: string): JsonText {
  const reader = new Reader(text);
  try {
    reader.readAll();
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, at: Math.min(error.at, text.length), message: error.message };
    throw error;
  }
  const { places, repeated } = reader;
  const whole: Place = { value: { from: 0, to: text.length } };
  const value: unknown = JSON.parse(text);
  return { ok: true, value, repeated, placeOf: (pointer) => places.get(pointer) ?? whole };
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// A control character in a text is what is looked for here; the class says "all but".
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = ['true', 'false', 'null'];

class Reader {
  readonly places = new Map<string, Place>();
  readonly repeated: string[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  readAll(): void {
    this.skipSpace();
    if (this.at >= this.text.length) throw new NotJson(0, 'This is empty. Write a JSON object: { }.');
    this.readValue([], undefined);
    this.skipSpace();
    if (this.at < this.text.length)
      this.fail('Something stands behind the end. Take it away, or close the bracket later.');
  }

  private readValue(path: readonly (string | number)[], name: TextRange | undefined): void {
    if (path.length > MAX_DEPTH) this.fail('This is nested too deep.');
    const from = this.at;
    const sign = this.text[this.at];
    if (sign === '{') this.readObject(path);
    else if (sign === '[') this.readList(path);
    else if (sign === '"') this.readString();
    else this.readScalar();
    this.places.set(toPointer(path), { value: { from, to: this.at }, ...(name && { name }) });
  }

  private readObject(path: readonly (string | number)[]): void {
    const names = new Set<string>();
    this.at += 1;
    this.skipSpace();
    if (this.take('}')) return;
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"')
        this.fail(this.isAt('}') ? TRAILING_COMMA : 'A name in double quotes is missing.');
      const range = { from: this.at, to: 0 };
      const name = this.readString();
      range.to = this.at;
      if (names.has(name)) this.repeated.push(toPointer([...path, name]));
      names.add(name);
      this.skipSpace();
      if (!this.take(':')) this.fail('A colon is missing behind the name.');
      this.skipSpace();
      this.readValue([...path, name], range);
      this.skipSpace();
      if (this.take('}')) return;
      if (!this.take(',')) this.fail(this.isAtEnd() ? 'A closing } is missing.' : MISSING_COMMA);
    }
  }

  private readList(path: readonly (string | number)[]): void {
    this.at += 1;
    this.skipSpace();
    if (this.take(']')) return;
    for (let index = 0; ; index += 1) {
      this.skipSpace();
      if (this.isAt(']')) this.fail(TRAILING_COMMA);
      this.readValue([...path, index], undefined);
      this.skipSpace();
      if (this.take(']')) return;
      if (!this.take(',')) this.fail(this.isAtEnd() ? 'A closing ] is missing.' : MISSING_COMMA);
    }
  }

  private readString(): string {
    const from = this.at;
    STRING.lastIndex = from;
    const found = STRING.exec(this.text)?.[0];
    if (found === undefined) {
      this.fail(
        'This text does not end. Close it with a double quote; write \\n for a new line and \\\\ for a backslash.',
      );
    }
    this.at = from + found.length;
    return JSON.parse(found) as string;
  }

  private readScalar(): void {
    const word = WORDS.find((candidate) => this.text.startsWith(candidate, this.at));
    NUMBER.lastIndex = this.at;
    const found = word ?? NUMBER.exec(this.text)?.[0];
    const next = this.text[this.at + (found?.length ?? 0)] ?? '';
    if (found !== undefined && !/[\w.+-]/.test(next)) {
      this.at += found.length;
      return;
    }
    if (this.isAtEnd()) this.fail('A value is missing.');
    if (this.isAt("'")) this.fail('Texts have double quotes in JSON.');
    if (this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at)) {
      this.fail('JSON has no comments. Take it away, or write it as "$comment".');
    }
    this.fail('This is no JSON value. Texts stand in double quotes.');
  }

  private skipSpace(): void {
    while (/[ \t\n\r]/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private isAt(sign: string): boolean {
    return this.text[this.at] === sign;
  }

  private isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  private take(sign: string): boolean {
    if (!this.isAt(sign)) return false;
    this.at += 1;
    return true;
  }

  private fail(message: string): never {
    throw new NotJson(this.at, message);
  }
}

const TRAILING_COMMA = 'JSON has no comma behind the last one. Take the comma away.';
const MISSING_COMMA = 'A comma is missing before this.';
