/**
 * Texts with placeholders. `${contextData.customer.name}` (or `$<contextData.customer.name>`) stands for a value of
 * the task's context data; nothing else is an expression. Substitution is one pass: a value that itself looks like a
 * placeholder stays as it is. Runs in time linear in the template and never throws.
 */
import { isUnsafeName } from './json';

/** The longest text a template may become, in UTF-16 units. */
export const MAX_EXPANDED_LENGTH = 65_536;
/** How many steps a path may have. */
export const MAX_PATH_DEPTH = 16;
/** Shown for null and for what is missing. */
export const NOTHING = '—';

/** A placeholder longer than this is plain text: it bounds the work of each attempt to read one. */
const MAX_PLACEHOLDER_LENGTH = 512;
const ROOT = 'contextData';

export interface ExpandedTemplate {
  readonly text: string;
  /** Paths the template names and the context data lacks, such as `customer.name`, each once. */
  readonly missing: string[];
}

type PathStep = string | number;
type Part = { readonly text: string } | { readonly path: readonly PathStep[] };

/** Replaces every placeholder of `template` by its value. The result is cut at 64 kB. */
export function expandTemplate(template: string, contextData: unknown): ExpandedTemplate {
  const missing = new Set<string>();
  let text = '';
  for (const part of readParts(template)) {
    if (text.length >= MAX_EXPANDED_LENGTH) break;
    if ('text' in part) {
      text += part.text;
      continue;
    }
    const value = lookUp(contextData, part.path);
    if (value === undefined) missing.add(formatPath(part.path));
    text += formatValue(value);
  }
  if (text.length > MAX_EXPANDED_LENGTH) text = `${cutAt(text, MAX_EXPANDED_LENGTH - 1)}…`;
  return { text, missing: [...missing] };
}

/** The paths a template names, such as `customer.name` or `lines[0].amount`, each once, in order. */
export function templatePlaceholders(template: string): string[] {
  const paths = new Set<string>();
  for (const part of readParts(template)) if ('path' in part) paths.add(formatPath(part.path));
  return [...paths];
}

/** True when expanding `text` could change it. */
export function hasPlaceholders(text: string): boolean {
  return text.includes('${') || text.includes('$<');
}

function* readParts(template: string): Generator<Part> {
  let textStart = 0;
  let at = template.indexOf('$');
  while (at !== -1) {
    const next = template[at + 1];
    if (next === '$' && (template[at + 2] === '{' || template[at + 2] === '<')) {
      // `$${` is how a text says `${` itself: keep one dollar and step over the bracket.
      yield { text: template.slice(textStart, at + 1) };
      textStart = at + 2;
      at = template.indexOf('$', at + 3);
      continue;
    }
    const placeholder = next === '{' || next === '<' ? readPlaceholder(template, at) : undefined;
    if (placeholder) {
      yield { text: template.slice(textStart, at) };
      yield { path: placeholder.path };
      textStart = placeholder.end;
      at = template.indexOf('$', placeholder.end);
    } else {
      at = template.indexOf('$', at + 1);
    }
  }
  yield { text: template.slice(textStart) };
}

interface Placeholder {
  readonly path: readonly PathStep[];
  readonly end: number;
}

function readPlaceholder(template: string, start: number): Placeholder | undefined {
  const close = template[start + 1] === '{' ? '}' : '>';
  const limit = Math.min(template.length, start + MAX_PLACEHOLDER_LENGTH);
  let at = skipSpaces(template, start + 2, limit);
  if (!template.startsWith(ROOT, at)) return undefined;
  at += ROOT.length;
  const path: PathStep[] = [];
  while (at < limit) {
    const sign = template[at];
    if (sign === '.' || sign === '[') {
      const step = sign === '.' ? readName(template, at + 1, limit) : readBracket(template, at + 1, limit);
      if (!step) return undefined;
      path.push(step.value);
      at = step.end;
      continue;
    }
    at = skipSpaces(template, at, limit);
    return template[at] === close && at < limit && path.length > 0 ? { path, end: at + 1 } : undefined;
  }
  return undefined;
}

interface Step {
  readonly value: PathStep;
  readonly end: number;
}

const NAME_CHARACTER = /[\p{L}\p{N}_$-]/u;

function readName(template: string, start: number, limit: number): Step | undefined {
  let end = start;
  while (end < limit && NAME_CHARACTER.test(template[end] ?? '')) end += 1;
  return end > start ? { value: template.slice(start, end), end } : undefined;
}

function readBracket(template: string, start: number, limit: number): Step | undefined {
  const quote = template[start];
  if (quote === '"' || quote === "'") return readQuoted(template, start + 1, limit, quote);
  let end = start;
  while (end < limit && end - start < 9 && /[0-9]/.test(template[end] ?? '')) end += 1;
  if (end === start || template[end] !== ']') return undefined;
  return { value: Number(template.slice(start, end)), end: end + 1 };
}

function readQuoted(template: string, start: number, limit: number, quote: string): Step | undefined {
  let value = '';
  for (let at = start; at < limit; at += 1) {
    const character = template[at];
    if (character === '\\') {
      at += 1;
      value += template[at] ?? '';
    } else if (character === quote) {
      return template[at + 1] === ']' ? { value, end: at + 2 } : undefined;
    } else {
      value += character;
    }
  }
  return undefined;
}

function skipSpaces(template: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && template[at] === ' ') at += 1;
  return at;
}

function lookUp(contextData: unknown, path: readonly PathStep[]): unknown {
  if (path.length > MAX_PATH_DEPTH) return undefined;
  let current: unknown = contextData;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (typeof step === 'number' && !Array.isArray(current)) return undefined;
    const name = String(step);
    if (isUnsafeName(name) || !Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return NOTHING;
  const isList = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  if (isList) return value.length === 0 ? NOTHING : value.map(formatValue).join(', ');
  try {
    return JSON.stringify(value) ?? NOTHING;
  } catch {
    // A value that refers to itself cannot be written out; it is no reason to lose the page.
    return NOTHING;
  }
}

function formatPath(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (/^[\p{L}\p{N}_$-]+$/u.test(step)) return text === '' ? step : `${text}.${step}`;
    return `${text}[${JSON.stringify(step)}]`;
  }, '');
}

function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}
