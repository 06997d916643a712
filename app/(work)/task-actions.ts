import type { BulkActions } from '@/components/inbox/bulk-types';
import type { InboxActions } from '@/components/inbox/inbox-types';
import type { TaskActions } from '@/components/task/task-actions';
import { readInboxAction, removeViewAction, saveViewAction } from '../inbox/actions';
import {
  answerQuestionAction,
  askForInfoAction,
  assignTaskAction,
  claimTaskAction,
  commentOnTaskAction,
  completeTaskAction,
  declineTaskAction,
  delegateTaskAction,
  forwardTaskAction,
  giveBackTaskAction,
  planTaskAction,
  releaseTaskAction,
  saveDraftAction,
  undoTaskChangeAction,
  withdrawQuestionAction,
} from '../tasks/actions';
import {
  assignTasksAction,
  claimTasksAction,
  completeTasksAction,
  releaseTasksAction,
  sharedFormAction,
  undoTaskChangesAction,
} from '../tasks/bulk/actions';

/** What a task's body can do, on its own page and in the inbox alike. */
export const taskActions: TaskActions = {
  claim: claimTaskAction,
  release: releaseTaskAction,
  undo: undoTaskChangeAction,
  complete: completeTaskAction,
  saveDraft: saveDraftAction,
  decline: declineTaskAction,
  assign: assignTaskAction,
  delegate: delegateTaskAction,
  forward: forwardTaskAction,
  giveBack: giveBackTaskAction,
  ask: askForInfoAction,
  answer: answerQuestionAction,
  withdraw: withdrawQuestionAction,
  comment: commentOnTaskAction,
  plan: planTaskAction,
};

/** What the inbox can do with many tasks. */
export const bulkActions: BulkActions = {
  claim: claimTasksAction,
  release: releaseTasksAction,
  undo: undoTaskChangesAction,
  assign: assignTasksAction,
  complete: completeTasksAction,
  form: sharedFormAction,
};

/** What the inbox reads besides its first page, and what is kept of it. */
export const inboxActions: InboxActions = {
  read: readInboxAction,
  saveView: saveViewAction,
  removeView: removeViewAction,
};
