/**
 * Which patterns a browser may try. Its regular expressions go back and try again, some of them longer than anybody
 * lives: `^(a+)+$` on thirty letters. So the ways in which a pattern can read a text are counted first, generously;
 * what has too many is left to the server, whose expressions take linear time.
 */

/** Longer texts are left to the server. */
const MAX_TEXT = 300;
/** Three free repetitions in a row on the longest text. */
const MAX_WAYS = (MAX_TEXT + 1) ** 3;

/**
 * The same pattern, for `new RegExp(…, 'u')`. Unless it takes time that only grows with the text, texts that are too
 * long to be tried match it.
 * @returns undefined for a pattern that is not for browsers.
 */
export function browserPattern(pattern: string): string | undefined {
  const ways = waysOf(pattern);
  if (ways <= MAX_TEXT + 1) return pattern;
  return ways <= MAX_WAYS ? `^[^]{${MAX_TEXT + 1}}|(?:${pattern})` : undefined;
}

function waysOf(pattern: string): number {
  try {
    void new RegExp(pattern, 'u');
  } catch {
    return Infinity;
  }
  const reader = new Reader(pattern);
  const ways = reader.choice();
  // Without an anchor it is tried from every character on.
  return ways * (pattern.startsWith('^') && !reader.hasOuterChoice ? 1 : MAX_TEXT);
}

/** Reads a pattern that is known to be well formed, and counts: 1 where there is one way only. */
class Reader {
  #at = 0;
  hasOuterChoice = false;

  constructor(readonly pattern: string) {}

  /** Alternatives, up to the end of their group. */
  choice(depth = 0): number {
    let ways = 0;
    let alternatives = 0;
    do {
      ways += this.#sequence(depth);
      alternatives += 1;
    } while (this.#takes(/\|/y));
    if (depth === 0) this.hasOuterChoice = alternatives > 1;
    return ways;
  }

  #sequence(depth: number): number {
    let ways = 1;
    while (this.#at < this.pattern.length && !/[|)]/.test(this.pattern[this.#at] ?? '')) {
      ways *= this.#repeated(this.#atom(depth));
    }
    return ways;
  }

  /** @returns in how many ways one atom can be read. */
  #atom(depth: number): number {
    if (this.#takes(/\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/y)) {
      const ways = this.choice(depth + 1);
      this.#takes(/\)/y);
      return ways;
    }
    // What was read before is compared: no longer a matter of counting.
    if (this.#takes(/\\(?:[1-9]|k<)/y)) return Infinity;
    if (this.#takes(/\[(?:\\.|[^\]\\])*\]|\\[pPu]\{[^}]*\}|\\./suy)) return 1;
    this.#takes(/./suy);
    return 1;
  }

  #repeated(ways: number): number {
    const [text] = this.#taken(/(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y) ?? [];
    if (text === undefined) return ways;
    const [, least = '0', comma = ',', most = ''] = /\{(\d+)(,?)(\d*)\}/.exec(text) ?? [];
    if (text.startsWith('?')) return ways + 1;
    const min = Math.min(Number(least), MAX_TEXT);
    const max = comma === '' ? min : most === '' ? MAX_TEXT : Math.min(Number(most), MAX_TEXT);
    // Each time in any of its ways, and so many times in any number of ways.
    return ways ** max * (max - min + 1);
  }

  #takes(what: RegExp): boolean {
    return this.#taken(what) !== null;
  }

  #taken(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.#at;
    const found = what.exec(this.pattern);
    if (found) this.#at = what.lastIndex;
    return found;
  }
}
