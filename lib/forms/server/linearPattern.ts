/**
 * The patterns of forms on an engine that takes linear time. It reads a few signs differently from browsers; they are
 * written out here, so that both sides find the same texts.
 */
import { RE2JS } from 're2js';

/** The white space of ECMAScript; the engine's own is ASCII only. */
const SPACE = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
/** Everything else, as ranges, because a class cannot hold a negated class. */
const NO_SPACE = String.raw`\x00-\x08\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
/** What a dot stands for in ECMAScript. */
const DOT = String.raw`[^\n\r\x{2028}\x{2029}]`;

export interface LinearPattern {
  test(text: string): boolean;
}

/** @throws for what only a backtracking engine can do, such as looking behind. */
export function linearPattern(pattern: string): LinearPattern {
  const compiled = RE2JS.compile(writtenOut(RE2JS.translateRegExp(pattern)));
  return { test: (text) => compiled.matcher(text).find() };
}

function writtenOut(pattern: string): string {
  let text = '';
  let isInClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] ?? '';
    if (sign === '\\') {
      at += 1;
      const escaped = pattern[at] ?? '';
      const ranges = escaped === 's' ? SPACE : escaped === 'S' ? NO_SPACE : undefined;
      text += ranges === undefined ? `\\${escaped}` : isInClass ? ranges : `[${ranges}]`;
      continue;
    }
    if (sign === '[') isInClass = true;
    else if (sign === ']') isInClass = false;
    text += sign === '.' && !isInClass ? DOT : sign;
  }
  return text;
}
