/**
 * The server's check of an answer: limits, then the shared steps of `submission.ts` with the authoritative validator.
 * Validators are kept by the hash of their schema, as forms are immutable and few.
 */
import { createHash } from 'node:crypto';
import { SchemaUnusableError, type SchemaEngine } from '../engine';
import { isJsonObject } from '../json';
import { projectForm } from '../projection';
import { checkSubmission } from '../submission';
import type { FormDefinition, JsonObject, SubmissionResult } from '../types';
import { createAjvEngine } from './ajvEngine';
import { formProblems, isTooLarge } from './limits';

const MAX_CACHED_FORMS = 200;

interface CachedForm {
  readonly engine: SchemaEngine;
  /** The schema object the validator has compiled: it recognises schemas by identity. */
  readonly jsonSchema: JsonObject;
  readonly problems: readonly string[];
}

const cache = new Map<string, CachedForm>();

export interface ValidateSubmissionParams {
  readonly form: FormDefinition;
  /** The snapshot of context data that the task pinned. */
  readonly contextData: unknown;
  /** The chosen outcome; null for a form without outcomes. */
  readonly outcome: string | null;
  /** What the client sent. Nothing about it is trusted. */
  readonly data: unknown;
}

/**
 * Checks an answer and makes the output of the task: extras are left out, read-only and hidden values come from the
 * context data, conditional fields count only while they are shown. Never throws for anything a client sent; a form
 * that cannot be used gives a `formError`.
 */
export function validateSubmission(params: ValidateSubmissionParams): SubmissionResult {
  const { contextData, outcome, data } = params;
  if (data !== undefined && data !== null && !isJsonObject(data)) {
    return { ok: false, fieldErrors: [], formError: 'The answers must be sent as one JSON object.' };
  }
  if (isTooLarge(data)) {
    return { ok: false, fieldErrors: [], formError: 'The answers are too large. Shorten them and send them again.' };
  }
  const cached = cachedForm(params.form);
  if (cached.problems.length > 0) return unusable(cached.problems);
  const form = { ...params.form, jsonSchema: cached.jsonSchema };
  try {
    const result = checkSubmission({
      form,
      projection: projectForm(form, contextData),
      outcome,
      data,
      engine: cached.engine,
    });
    if (result.ok && isTooLarge(result.output)) {
      return { ok: false, fieldErrors: [], formError: 'The answers are too large. Shorten them and send them again.' };
    }
    return result;
  } catch (error) {
    if (error instanceof SchemaUnusableError || error instanceof RangeError) return unusable([error.message]);
    throw error;
  }
}

/**
 * Why a form cannot be published, in words for its author; empty when it can. Finds what only shows when the schema is
 * compiled too, such as a pattern that cannot run in linear time.
 */
export function checkForm(form: FormDefinition): string[] {
  const { problems, engine, jsonSchema } = cachedForm(form);
  if (problems.length > 0) return [...problems];
  try {
    engine.issues(jsonSchema, {});
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function unusable(problems: readonly string[]): SubmissionResult {
  const formError = `This form cannot be used until its author changes it. ${problems.join(' ')}`;
  return { ok: false, fieldErrors: [], formError };
}

function cachedForm(form: FormDefinition): CachedForm {
  const text = JSON.stringify([form.jsonSchema, form.uiSchema ?? {}]);
  const key = createHash('sha256').update(text).digest('base64');
  const known = cache.get(key);
  // Taken out and put back in, so that the oldest entry is the one not used for longest.
  if (known) cache.delete(key);
  const { $id: _id, $schema: _schema, ...jsonSchema } = form.jsonSchema;
  const entry = known ?? { engine: createAjvEngine(), jsonSchema, problems: formProblems(form) };
  cache.set(key, entry);
  const oldest = cache.keys().next().value;
  if (cache.size > MAX_CACHED_FORMS && oldest !== undefined) cache.delete(oldest);
  return entry;
}
