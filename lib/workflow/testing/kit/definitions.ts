import { durationMs } from '../../model/durations';
import { InvalidInputError } from '../../model/errors';
import type { JsonObject } from '../../model/json';
import type { TaskDefinition, TaskDefinitionStore, TaskForm } from '../../model/ports/taskStore';
import type { Scenario } from './scenario';

/** Definitions of a scenario. Where it names none, every type of task exists and its form takes anything. */
export function definitionsOf({ forms, taskDefinitions }: Pick<Scenario, 'forms' | 'taskDefinitions'>): {
  readonly store: Pick<TaskDefinitionStore, 'find'>;
  /** null: answers are not checked. */
  formOf(taskType: string): TaskForm | null;
} {
  if (!forms && !taskDefinitions) {
    return {
      store: { find: async ({ wanted }) => wanted.map(({ taskType }) => anyTask(taskType)) },
      formOf: () => null,
    };
  }
  const known = new Map<string, TaskDefinition>();
  for (const definition of taskDefinitions ?? []) {
    const { taskType, name, formName, defaultRoles = [], defaultPriority = 'normal' } = definition;
    const shipped = (forms ?? []).find((form) => form.name === formName);
    if (!shipped) {
      throw new InvalidInputError(`Task definition "${taskType}" names the form "${formName}": pass it in forms.`);
    }
    const { defaultDue = null, completionEvent = null } = definition;
    if (defaultDue !== null) durationMs(defaultDue);
    const { jsonSchema, uiSchema } = shipped as unknown as { jsonSchema: JsonObject; uiSchema: JsonObject };
    const form: TaskForm = { type: 'system', formId: formName, version: 1, jsonSchema, uiSchema };
    const facts = { type: 'system' as const, tenantTaskDefinitionId: null, taskType, name, formName, form };
    known.set(taskType, { ...facts, defaultRoles, defaultPriority, defaultDue, completionEvent });
  }
  return {
    store: { find: async ({ wanted }) => wanted.map(({ taskType }) => known.get(taskType) ?? null) },
    formOf: (taskType) => known.get(taskType)?.form ?? null,
  };
}

function anyTask(taskType: string): TaskDefinition {
  return {
    type: 'system',
    tenantTaskDefinitionId: null,
    taskType,
    name: taskType,
    defaultRoles: ['anybody'],
    defaultPriority: 'normal',
    defaultDue: null,
    completionEvent: null,
    formName: taskType,
    form: { type: 'system', formId: taskType, version: 1, jsonSchema: {}, uiSchema: {} },
  };
}
