import { BatonError } from '@shared/workflow/model/errors';

export class TaskDefinitionNotFoundError extends BatonError {
  readonly code = 'task_definition_not_found';
  readonly httpStatus = 404;
  constructor(taskType: string) {
    super(`There is no task definition "${taskType}" here. Reload the list to see which there are.`);
  }
}

export class FormNotFoundError extends BatonError {
  readonly code = 'form_not_found';
  readonly httpStatus = 404;
  constructor(name: string) {
    super(`There is no form "${name}" here. Open it again from its task definition.`);
  }
}

/** Somebody else was first: nothing was stored, and what was typed is still with whoever typed it. */
export class StaleEditError extends BatonError {
  readonly code = 'stale_edit';
  readonly httpStatus = 409;
}
