import { outcomesOf } from '../forms/outcomes';
import { isJsonObject } from '../forms/json';
import { projectForm } from '../forms/projection';
import type { FormProjection, JsonObject, Outcome } from '../forms/types';
import { getReadableTask } from './apiTasks';
import type { TaskReader } from './task-access';

/** What one answer to many tasks can say. */
export interface SharedForm {
  readonly version: number;
  readonly jsonSchema: JsonObject;
  readonly uiSchema: JsonObject;
  readonly projection: FormProjection;
  readonly outcomes: readonly Outcome[];
}

/**
 * The form of a task without what is that task's own: fields that only tell of it, and values from its context.
 * @throws TaskNotFoundError, TaskForbiddenError when the task is not the reader's to see.
 */
export async function readSharedForm(query: {
  readonly tenant: string;
  readonly taskId: string;
  readonly reader: TaskReader;
}): Promise<SharedForm | null> {
  const { form } = await getReadableTask(query);
  if (form === null) return null;
  const { version, uiSchema } = form;
  const jsonSchema = withoutReadOnly(form.jsonSchema);
  const shared = { jsonSchema, uiSchema };
  return { ...shared, version, projection: projectForm(shared, {}), outcomes: outcomesOf(shared) };
}

function withoutReadOnly(schema: JsonObject): JsonObject {
  if (!isJsonObject(schema.properties)) return schema;
  const asked = Object.entries(schema.properties).filter(
    ([, field]) => !isJsonObject(field) || field.readOnly !== true,
  );
  const names = new Set(asked.map(([name]) => name));
  const { required } = schema;
  const stillRequired = Array.isArray(required) ? required.filter((name) => names.has(String(name))) : undefined;
  return {
    ...schema,
    properties: Object.fromEntries(asked),
    ...(stillRequired === undefined ? {} : { required: stillRequired }),
  };
}
