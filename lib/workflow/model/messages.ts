/**
 * What is kept of errors and log lines, which tell of other things and must never fail themselves: whatever cannot be
 * stored is made visible, and what is too long is cut with a note of how much.
 */
import { decodeJson, encodeJson, storableText, type JsonValue } from './json';

/** Characters of one message. */
export const longestMessage = 100_000;
/** Characters of JSON of what comes with a message: details of an error, data of a log line. */
export const largestDetails = 2_000_000;

/** The message that anything stands for. What is no error and no text is kept as its JSON. */
export function messageOf(value: unknown): string {
  return cut(storableText(typeof value === 'object' && value !== null ? textOfObject(value) : String(value)));
}

/** A copy that the log can hold. */
export function detailsOf(value: unknown): JsonValue {
  const text = jsonOf(value);
  return text.length > largestDetails ? cut(text) : decodeJson(text);
}

function cut(text: string): string {
  if (text.length <= longestMessage) return text;
  // Not between the two halves of a character.
  const end = /[\ud800-\udbff]/.test(text.charAt(longestMessage - 1)) ? longestMessage - 1 : longestMessage;
  return `${text.slice(0, end)}… (cut: ${(text.length - end).toLocaleString('en')} more characters)`;
}

function textOfObject(value: unknown): string {
  try {
    const text = String(value);
    return text.startsWith('[object ') ? jsonOf(value) : text;
  } catch {
    return jsonOf(value);
  }
}

function jsonOf(value: unknown): string {
  try {
    return encodeJson(value, 'It');
  } catch {
    return JSON.stringify(rendered(value, [])) ?? 'null';
  }
}

/** What JSON refuses is named in its place. */
function rendered(value: unknown, within: readonly unknown[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (within.includes(value)) return '[circular]';
  if (within.length > 50) return '[too deep]';
  const around = [...within, value];
  try {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return rendered((toJSON as () => unknown).call(value), around);
    if (Array.isArray(value)) return value.map((member) => rendered(member, around));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [storableText(name), rendered(member, around)]),
    );
  } catch {
    return '[unreadable]';
  }
}
