/** The fields of a task definition as they are typed, and as they are sent. */
import type { TaskDefinitionView } from '@/lib/queries/taskDefinitions';

export interface DefinitionFields {
  readonly taskType: string;
  readonly name: string;
  readonly description: string;
  readonly formKind: 'system' | 'tenant' | 'new';
  /** The chosen form; what a new one begins with is told by the definition it had. */
  readonly formName: string;
  readonly newFormName: string;
  /** Separated by commas. */
  readonly roles: string;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly due: string;
  readonly completionEvent: string;
}

export const blankDefinition: DefinitionFields = {
  taskType: '',
  name: '',
  description: '',
  formKind: 'new',
  formName: '',
  newFormName: '',
  roles: '',
  priority: 'normal',
  due: '',
  completionEvent: '',
};

export function fieldsOf(definition: TaskDefinitionView): DefinitionFields {
  return {
    taskType: definition.taskType,
    name: definition.name,
    description: definition.description ?? '',
    formKind: definition.formType,
    formName: definition.formName,
    newFormName: suggestedForm(definition.taskType),
    roles: definition.defaultRoles.join(', '),
    priority: definition.defaultPriority,
    due: definition.defaultDue ?? '',
    completionEvent: definition.completionEvent ?? '',
  };
}

/** `invoice_review` is asked with `invoice-review-form`, unless somebody says otherwise. */
export const suggestedForm = (taskType: string): string =>
  taskType === '' ? '' : `${taskType.trim().replaceAll('_', '-')}-form`;

/** What is sent. Empty texts are values not given; the server says so where one is needed. */
export function inputOf(fields: DefinitionFields) {
  const isNew = fields.formKind === 'new';
  const newName = fields.newFormName.trim() === '' ? suggestedForm(fields.taskType) : fields.newFormName;
  return {
    taskType: fields.taskType,
    name: fields.name,
    description: fields.description,
    form: { kind: fields.formKind, name: isNew ? newName : fields.formName },
    defaultRoles: fields.roles
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== ''),
    defaultPriority: fields.priority,
    defaultDue: fields.due,
    completionEvent: fields.completionEvent,
  };
}

export type DefinitionFormInput = ReturnType<typeof inputOf>;
