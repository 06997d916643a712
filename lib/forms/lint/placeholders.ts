/** Placeholders that stand for nothing, that stay as they are, and that a person can type over. */
import { isJsonObject, ownMember, toPointer } from '../json';
import { isTextKeyword } from '../projection';
import { childUi, isComputed } from '../schema';
import { expandTemplate, hasPlaceholders, templatePlaceholders } from '../templates';
import type { JsonObject } from '../types';
import type { DocumentName, FindingAt } from './finding';
import { nearest } from './near';
import type { SchemaPart } from './walk';

export interface PlaceholderCheck {
  readonly parts: readonly SchemaPart[];
  readonly uiSchema: JsonObject;
  /** undefined while the sample is no JSON: then nothing can be said about keys. */
  readonly sample: JsonObject | undefined;
}

export function lintPlaceholders({ parts, uiSchema, sample }: PlaceholderCheck): FindingAt[] {
  const findings: FindingAt[] = [];
  const check = (template: string, document: DocumentName, pointer: string) => {
    findings.push(...lintTemplate(template, sample).map((finding) => ({ ...finding, document, pointer })));
  };
  for (const { schema, path, field } of parts) {
    for (const [keyword, value] of Object.entries(schema)) {
      const pointer = toPointer([...path, keyword]);
      if (keyword === 'default') {
        const templates = textsIn(value, pointer);
        for (const { text, pointer: at } of templates) check(text, 'jsonSchema', at);
        if (templates.some(({ text }) => templatePlaceholders(text).length > 0) && !isFixed(schema, uiSchema, field)) {
          findings.push(typedOver(pointer));
        }
      } else if (isTextKeyword(keyword) && typeof value === 'string') check(value, 'jsonSchema', pointer);
      else if (keyword === 'const' || keyword === 'enum' || keyword === 'examples' || keyword === 'pattern') {
        for (const { text, pointer: at } of textsIn(value, pointer)) {
          if (templatePlaceholders(text).length > 0) findings.push(staysAsItIs(keyword, at));
        }
      }
    }
  }
  for (const { text, pointer, keyword } of uiTexts(uiSchema, '')) {
    if (isTextKeyword(keyword)) check(text, 'uiSchema', pointer);
  }
  const outcomes = ownMember(parts[0]?.schema, 'x-outcomes');
  for (const { text, pointer, keyword } of uiTexts(outcomes, '/x-outcomes')) {
    if (isTextKeyword(keyword)) check(text, 'jsonSchema', pointer);
  }
  return findings;
}

type TemplateFinding = Pick<FindingAt, 'severity' | 'rule' | 'message'>;

/** What is wrong with one text: keys that the sample lacks, and what only looks like a placeholder. */
function lintTemplate(template: string, sample: JsonObject | undefined): TemplateFinding[] {
  if (!hasPlaceholders(template)) return [];
  const unknown = sample === undefined ? [] : expandTemplate(template, sample).missing;
  const findings = unknown.map((path): TemplateFinding => {
    return { severity: 'error', rule: 'placeholder', message: unknownKey(path, sample ?? {}) };
  });
  for (const text of notPlaceholders(template)) {
    const message = `"${text}" is shown as it stands: a placeholder is written \${contextData.name}. Write $\${ where a text should say \${ itself.`;
    findings.push({ severity: 'warning', rule: 'placeholder', message });
  }
  return findings;
}

function unknownKey(path: string, sample: JsonObject): string {
  const meant = nearest(path, pathsOf(sample));
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `The sample context has no "${path}".${hint} Correct the placeholder, or add the key to the sample if workflows supply it.`;
}

/** What begins like a placeholder and is none. */
function notPlaceholders(template: string): string[] {
  const found: string[] = [];
  for (const { 0: text, index } of template.matchAll(/\$(?:\{[^}]{0,80}\}?|<\s*contextData[^>]{0,80}>?)/g)) {
    const isEscaped = template[index - 1] === '$';
    if (!isEscaped && templatePlaceholders(text).length === 0) found.push(text);
  }
  return found;
}

const MAX_PATHS = 500;

/** Paths of a context that a placeholder could name. */
function pathsOf(sample: JsonObject): string[] {
  const paths: string[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (paths.length >= MAX_PATHS || depth > 6) return;
    if (path !== '') paths.push(path);
    if (Array.isArray(value)) visit(value[0], `${path}[0]`, depth + 1);
    else if (isJsonObject(value)) {
      for (const name of Object.keys(value)) visit(value[name], path === '' ? name : `${path}.${name}`, depth + 1);
    }
  };
  visit(sample, '', 0);
  return paths;
}

/** True where nobody can type over the value: read-only or hidden, by itself or by something around it. */
function isFixed(schema: JsonObject, uiSchema: JsonObject, field: SchemaPart['field']): boolean {
  if (isComputed([schema], {})) return true;
  let ui = uiSchema;
  return (field ?? []).some((name) => isComputed([], (ui = childUi(ui, name))));
}

function typedOver(pointer: string): FindingAt {
  const message =
    'A person can type over this text, and what stands there when they send is their answer. Add "readOnly": true if it only tells; keep it if it is a suggestion.';
  return { severity: 'warning', rule: 'editable-placeholder', document: 'jsonSchema', pointer, message };
}

function staysAsItIs(keyword: string, pointer: string): FindingAt {
  const message = `Placeholders in "${keyword}" stay as they are. Only titles, descriptions, helps, placeholders and defaults are filled in.`;
  return { severity: 'warning', rule: 'placeholder', document: 'jsonSchema', pointer, message };
}

interface TextAt {
  readonly text: string;
  readonly pointer: string;
}

function textsIn(value: unknown, pointer: string, depth = 0): TextAt[] {
  if (typeof value === 'string') return [{ text: value, pointer }];
  if (typeof value !== 'object' || value === null || depth > 32) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    textsIn(member, `${pointer}${toPointer([name])}`, depth + 1),
  );
}

/** Every text of a ui schema with the word it stands under; messages count as texts of their own. */
function uiTexts(value: unknown, pointer: string, depth = 0): (TextAt & { readonly keyword: string })[] {
  if (typeof value !== 'object' || value === null || depth > 32) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const at = `${pointer}${toPointer([name])}`;
    if (typeof member === 'string') return [{ text: member, pointer: at, keyword: name }];
    if (name === 'ui:messages') return textsIn(member, at).map((found) => ({ ...found, keyword: name }));
    return uiTexts(member, at, depth + 1);
  });
}
