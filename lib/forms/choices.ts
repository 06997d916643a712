/** The fixed answers a field offers: `enum`, or `oneOf`/`anyOf` of constants. */
import { isJsonObject } from './json';
import { asList, typesOf } from './schema';
import type { JsonObject } from './types';

export interface Choice {
  readonly value: unknown;
  readonly title: string;
  readonly description?: string;
}

/** The answers a field offers, or undefined where any value may be given. */
export function choicesOf(schemas: readonly JsonObject[]): readonly Choice[] | undefined {
  for (const schema of schemas) {
    if (Array.isArray(schema.enum)) return schema.enum.map((value: unknown) => ({ value, title: titleOf(value) }));
    for (const options of [asList(schema.oneOf), asList(schema.anyOf)]) {
      const choices = options.flatMap((option) =>
        isJsonObject(option) && 'const' in option ? [toChoice(option)] : [],
      );
      if (choices.length > 0 && choices.length === options.length) return choices;
    }
  }
  return undefined;
}

/** True for a box that must be ticked: a boolean that has to be true. */
export function mustBeTrue(schemas: readonly JsonObject[]): boolean {
  return typesOf(schemas).includes('boolean') && schemas.some((schema) => schema.const === true);
}

function toChoice(option: JsonObject): Choice {
  const title = typeof option.title === 'string' ? option.title : titleOf(option.const);
  return {
    value: option.const,
    title,
    ...(typeof option.description === 'string' && { description: option.description }),
  };
}

function titleOf(value: unknown): string {
  if (value === true) return 'Yes';
  if (value === false) return 'No';
  if (value === null) return 'None';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
