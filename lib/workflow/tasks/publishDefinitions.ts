import { checkForm } from '../../forms/server/validator';
import { durationMs } from '../model/durations';
import { InvalidInputError } from '../model/errors';
import type { SystemFormInput, SystemTaskDefinitionInput, TaskDefinitionStore } from '../model/ports/taskStore';

/**
 * Stores the forms and task definitions that ship with the product. Tasks that exist keep the form version they were
 * created with.
 * @throws InvalidInputError naming what cannot be used; nothing is stored then.
 */
export async function publishSystemDefinitions(
  deps: { readonly definitions: TaskDefinitionStore },
  request: {
    readonly forms: readonly SystemFormInput[];
    readonly taskDefinitions: readonly SystemTaskDefinitionInput[];
  },
): Promise<void> {
  const formNames = new Set(request.forms.map((form) => form.name));
  for (const form of request.forms) {
    const problems = checkForm(form);
    if (problems.length > 0) throw new InvalidInputError(`Form "${form.name}" cannot be used. ${problems.join(' ')}`);
  }
  for (const { taskType, formName, defaultDue } of request.taskDefinitions) {
    if (!formNames.has(formName)) {
      throw new InvalidInputError(`Task definition "${taskType}" names the form "${formName}", which does not exist.`);
    }
    if (defaultDue !== undefined) durationMs(defaultDue);
  }
  await deps.definitions.publishSystem(request);
}
