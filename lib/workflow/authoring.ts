/** The only door for workflows and the actions that they bring along. */
export { defineAction, type DefinedAction } from './core/actions/defineAction';
export { attemptWithHelp, type HelpedAttempt } from './core/attemptWithHelp';
export { defineWorkflow } from './core/defineWorkflow';
export { TransactionIsolationLevel } from './core/actions/types';
export type {
  ActionContext,
  ActionOptions,
  ActionParameter,
  ActionRegistrar,
  ActionTransaction,
  DatabaseActionContext,
} from './core/actions/types';
export { defineHumanTask, type ContextDataOf, type HumanTaskDefinition } from './model/humanTasks';
export { requester, type AskOptions, type Decision, type WorkflowTasks } from './model/tasks';
export type { AutomaticOutcome, TaskEscalation } from './model/commands';
export type { SystemTaskDefinitionInput } from './model/ports/taskStore';
export { ActionError, CanceledError, ChildFailedError } from './model/errors';
export type {
  ActionToExecute,
  ExecutedAction,
  FailureStrategy,
  GroupMember,
  GroupOptions,
  SyncPoint,
} from './model/actionGroups';
export type { ParentClosePolicy } from './model/relations';
export type { TaskEnd, WorkflowEvent } from './model/events';
export type { CreatedHumanTask, WorkflowContext, WorkflowDefinition, WorkflowFunction } from './model/workflow';
