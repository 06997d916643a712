/**
 * The door of the engine for the web server, workers and scripts: use-cases bound to the dependencies of this process.
 * `provideEngine` sets those; without it they are connected from the environment at the first use.
 */
import type { Sql } from 'postgres';
import { engineDeps } from './core/ambient';
import {
  cancelExecution as cancel,
  pauseExecution as pause,
  resumeExecution as resume,
  retryExecution as retry,
  terminateExecution as terminate,
  type DecisionInput,
} from './core/decideExecution';
import { enqueueEvent as enqueue, type EnqueueEventInput } from './core/enqueueEvent';
import type { EngineDeps } from './core/engineDeps';
import { forkExecution as fork, type ForkInput } from './core/forkExecution';
import { redriveDeadLetter as redrive, type RedriveRequest } from './core/redriveDeadLetter';
import { startWorkflow as start, type StartWorkflowInput } from './core/startWorkflow';
import { submitEvent as submit, submitEventIn as submitIn, type SubmitEventInput } from './core/submitEvent';
import { createTaskDraftStore } from './persistence/tasks/drafts';
import { createPeopleDirectory } from './persistence/tasks/people';
import { createTaskDefinitionStore } from './persistence/tasks/taskDefinitions';
import { createTaskStore } from './persistence/tasks/taskStore';
import { publishRegistrations as publishAll } from './persistence/registrations';
import { createTransactions, type Transactions } from './persistence/transactions';
import * as questions from './tasks/askAboutTask';
import * as bulk from './tasks/bulk';
import { claimTask as claim } from './tasks/claimTask';
import { completeTask as complete, type CompleteTaskRequest } from './tasks/completeTask';
import { declineTask as decline } from './tasks/declineTask';
import type { HandoverDeps, TaskDeps, TaskRequest } from './tasks/deps';
import * as drafts from './tasks/drafts';
import * as handOver from './tasks/handOver';
import type { HandoverRequest } from './tasks/handOver';
import * as notes from './tasks/noteOnTask';
import { publishSystemDefinitions as publishDefinitions } from './tasks/publishDefinitions';
import { releaseTask as release } from './tasks/releaseTask';
import { undoChange as undo, type UndoRequest } from './tasks/undoChange';

export { engineDeps, forgetEngine, provideEngine } from './core/ambient';
export type { EngineDeps } from './core/engineDeps';
export { submitWorkflowEventAction } from './core/submitWorkflowEventAction';
export { getWorkflowRuntime, createWorkflowRuntime, WorkflowRuntime } from './core/workflowRuntime';
export type { TaskResult } from './tasks/deps';
export type { SubmitEventInput, SubmittedEvent } from './core/submitEvent';

export { connectFromEnvironment, createJobWorkerFor, createWorkerFor, redisPrefix } from './connect';

export async function submitEvent(input: SubmitEventInput) {
  return submit(await engineDeps(), input);
}

/** Runs statements of several round trips as one transaction. */
export async function inTransaction<T>(work: (transaction: Sql) => Promise<T>): Promise<T> {
  const { sql } = await engineDeps();
  let transactions = transactionsOf.get(sql);
  if (!transactions) transactionsOf.set(sql, (transactions = createTransactions({ sql })));
  return transactions.run({ work });
}

const transactionsOf = new WeakMap<Sql, Transactions>();

/** Submits inside a transaction of the caller; call `afterCommit` once it is committed. */
export async function submitEventIn(tx: Sql, input: SubmitEventInput) {
  return submitIn(await engineDeps(), tx, input);
}

export async function startWorkflow(name: string, input: StartWorkflowInput) {
  return start(await engineDeps(), name, input);
}

export async function enqueueEvent(event: EnqueueEventInput) {
  return enqueue(await engineDeps(), event);
}

/** Lets an execution clean up and end. */
export async function cancelExecution(input: DecisionInput) {
  return cancel(await engineDeps(), input);
}

/** Ends an execution at once, without its code. */
export async function terminateExecution(input: DecisionInput) {
  return terminate(await engineDeps(), input);
}

export async function pauseExecution(input: DecisionInput) {
  return pause(await engineDeps(), input);
}

export async function resumeExecution(input: DecisionInput) {
  return resume(await engineDeps(), input);
}

/** Goes on from an execution's failure, or tries the code that it is blocked on. */
export async function retryExecution(input: DecisionInput) {
  return retry(await engineDeps(), input);
}

/** Starts a new execution with the first entries of another one's log. */
export async function forkExecution(input: ForkInput) {
  return fork(await engineDeps(), input);
}

/** Lets something go on that was put aside. */
export async function redriveDeadLetter(request: RedriveRequest) {
  return redrive(await engineDeps(), request);
}

export async function claimTask(request: TaskRequest) {
  return claim(taskDeps(await engineDeps()), request);
}

export async function releaseTask(request: TaskRequest) {
  return release(taskDeps(await engineDeps()), request);
}

export async function completeTask(request: CompleteTaskRequest) {
  return complete(taskDeps(await engineDeps()), request);
}

export async function declineTask(request: Parameters<typeof decline>[1]) {
  return decline(taskDeps(await engineDeps()), request);
}

export async function assignTask(request: HandoverRequest) {
  return handOver.assignTask(handoverDeps(await engineDeps()), request);
}

export async function delegateTask(request: HandoverRequest) {
  return handOver.delegateTask(handoverDeps(await engineDeps()), request);
}

export async function forwardTask(request: HandoverRequest) {
  return handOver.forwardTask(handoverDeps(await engineDeps()), request);
}

export async function giveBackTask(request: Parameters<typeof handOver.giveBackTask>[1]) {
  return handOver.giveBackTask(taskDeps(await engineDeps()), request);
}

export async function askForInfo(request: Parameters<typeof questions.askForInfo>[1]) {
  return questions.askForInfo(handoverDeps(await engineDeps()), request);
}

export async function answerQuestion(request: Parameters<typeof questions.answerQuestion>[1]) {
  return questions.answerQuestion(taskDeps(await engineDeps()), request);
}

export async function withdrawQuestion(request: TaskRequest) {
  return questions.withdrawQuestion(taskDeps(await engineDeps()), request);
}

export async function returnQuestion(request: Parameters<typeof questions.returnQuestion>[1]) {
  return questions.returnQuestion(taskDeps(await engineDeps()), request);
}

export async function commentOnTask(request: Parameters<typeof notes.commentOnTask>[1]) {
  return notes.commentOnTask(taskDeps(await engineDeps()), request);
}

export async function planTask(request: Parameters<typeof notes.planTask>[1]) {
  return notes.planTask(taskDeps(await engineDeps()), request);
}

export async function undoTaskChange(request: UndoRequest) {
  return undo(handoverDeps(await engineDeps()), request);
}

export async function undoTaskChanges(request: Parameters<typeof bulk.undoChanges>[1]) {
  return bulk.undoChanges(handoverDeps(await engineDeps()), request);
}

export async function claimTasks(request: bulk.BulkRequest) {
  return bulk.claimTasks(taskDeps(await engineDeps()), request);
}

export async function releaseTasks(request: bulk.BulkRequest) {
  return bulk.releaseTasks(taskDeps(await engineDeps()), request);
}

export async function assignTasks(request: Parameters<typeof bulk.assignTasks>[1]) {
  return bulk.assignTasks(handoverDeps(await engineDeps()), request);
}

export async function completeTasks(request: Parameters<typeof bulk.completeTasks>[1]) {
  return bulk.completeTasks(taskDeps(await engineDeps()), request);
}

export async function saveDraft(request: Parameters<typeof drafts.saveDraft>[1]) {
  return drafts.saveDraft(draftDeps(await engineDeps()), request);
}

export async function readDraft(request: TaskRequest) {
  return drafts.readDraft(draftDeps(await engineDeps()), request);
}

export async function dropDraft(request: TaskRequest) {
  return drafts.dropDraft(draftDeps(await engineDeps()), request);
}

/** Stores the forms and task definitions that ship with the product. */
export async function publishSystemDefinitions(request: Parameters<typeof publishDefinitions>[1]): Promise<void> {
  const { sql } = await engineDeps();
  await publishDefinitions({ definitions: createTaskDefinitionStore({ sql }) }, request);
}

function draftDeps({ sql }: EngineDeps): drafts.DraftDeps {
  return { tasks: createTaskStore({ sql }), drafts: createTaskDraftStore({ sql }) };
}

function taskDeps({ sql, hints, live, metrics }: EngineDeps): TaskDeps {
  return { tasks: createTaskStore({ sql }), hints, live, metrics };
}

function handoverDeps(deps: EngineDeps): HandoverDeps {
  return { ...taskDeps(deps), people: createPeopleDirectory({ sql: deps.sql }) };
}

/** Makes workflows known under ids that attachments can refer to. */
export async function publishRegistrations(
  definitions: readonly { readonly name: string; readonly version: string; readonly description?: string }[],
) {
  return publishAll((await engineDeps()).sql, definitions);
}
