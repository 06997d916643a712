/**
 * The browser's interpreter in the shape rjsf asks for. rjsf uses it to find out which conditional fields to show;
 * whether an answer may go is decided by `checkSubmission`.
 */
import type { ErrorSchema, RJSFSchema, ValidationData, ValidatorType } from '@rjsf/utils';
import { browserEngine } from '@/lib/forms/browserEngine';
import { explainedIssues, onePerField } from '@/lib/forms/issues';
import { fromPointer, isJsonObject, isUnsafeName } from '@/lib/forms/json';
import { messageFor } from '@/lib/forms/messages';
import type { FieldError } from '@/lib/forms/types';
import type { TaskFormContext } from './context';

/** The data of a form as rjsf holds it: an object, its members unknown. */
export type FormData = Record<string, unknown>;

export const rjsfValidator: ValidatorType<FormData, RJSFSchema, TaskFormContext> = {
  validateFormData(formData, jsonSchema): ValidationData<FormData> {
    const form = { jsonSchema };
    const issues = onePerField(form, explainedIssues(browserEngine, form, jsonSchema, formData ?? {}));
    const fieldErrors = issues.map((issue): FieldError => ({
      ...issue,
      message: messageFor(form, {}, issue, formData ?? {}),
    }));
    const errors = fieldErrors.map(({ path, keyword, message }) => ({
      name: keyword,
      message,
      property: `.${fromPointer(path).join('.')}`,
      stack: message,
    }));
    return { errors, errorSchema: toErrorSchema(fieldErrors) };
  },
  isValid(schema, formData, rootSchema) {
    return browserEngine.isValid(schema, formData, rootSchema);
  },
  rawValidation<Result>(schema: RJSFSchema, formData?: FormData): { errors?: Result[] } {
    const issues = browserEngine.issues(schema, formData ?? {});
    return issues.length > 0 ? { errors: issues as Result[] } : {};
  },
};

/** Field errors as the tree that rjsf hands to its fields. */
export function toErrorSchema(fieldErrors: readonly FieldError[]): ErrorSchema<FormData> {
  const root: Record<string, unknown> = {};
  for (const { path, message } of fieldErrors) {
    const segments = fromPointer(path);
    if (segments.some(isUnsafeName)) continue;
    let node = root;
    for (const segment of segments) {
      const known = node[segment];
      const child: Record<string, unknown> = isJsonObject(known) ? known : {};
      node[segment] = child;
      node = child;
    }
    node.__errors = [...(Array.isArray(node.__errors) ? (node.__errors as string[]) : []), message];
  }
  return root as ErrorSchema<FormData>;
}
