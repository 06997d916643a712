/** Human tasks as people change them, and the definitions that tasks are made from. */
import type { CreateTaskRequest } from '../commands';
import type { JsonObject, JsonValue } from '../json';
import type { TaskStatus } from '../status';

export type TaskPriority = NonNullable<CreateTaskRequest['priority']>;

/** A task as far as deciding it goes. `...Name` is what people call the person; the id where it is unknown. */
export interface TaskSnapshot {
  readonly taskId: string;
  readonly executionId: string;
  readonly partitionId: number;
  readonly status: TaskStatus;
  readonly version: number;
  readonly candidateRoles: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly excludedUsers: readonly string[];
  readonly assignee: string | null;
  readonly assigneeName: string | null;
  /** Who decides while the assignee works on it for them. */
  readonly owner: string | null;
  readonly ownerName: string | null;
  /** An open question about it, and to whom. */
  readonly question: {
    readonly to: string;
    readonly toName: string;
    readonly by: string;
    readonly text: string;
  } | null;
  readonly priority: TaskPriority;
  readonly dueAtMs: number | null;
  readonly followUpAtMs: number | null;
  readonly claimedAtMs: number | null;
  readonly outcome: string | null;
  /** What it ended with; null while it is open. */
  readonly output: JsonValue;
  readonly endedBy: string | null;
  readonly endedByName: string | null;
  readonly endedAtMs: number | null;
  readonly expiresAtMs: number | null;
  /** Its time ran out: the engine is about to end it. */
  readonly isClosing: boolean;
  readonly contextData: JsonObject;
  /** Open tasks of the tenant with the same one end with it; null: it is one of a kind. */
  readonly fingerprint: string | null;
  /** The pinned version. */
  readonly form: {
    readonly formId: string;
    readonly jsonSchema: JsonObject;
    readonly uiSchema: JsonObject;
    readonly version: number;
  };
}

/** A person who acts, with the roles that they hold in the tenant. */
export interface TaskActor {
  readonly tenant: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

export interface GuardedChange extends TaskActor {
  readonly taskId: string;
  /** Refuses the change if the task is of another version by now. */
  readonly expectedVersion?: number;
}

export interface ChangedTask {
  readonly version: number;
  readonly executionId: string;
  readonly partitionId: number;
}

/** A task that ended, and those that are one with it to people. */
export interface EndedTasks extends ChangedTask {
  readonly along: readonly { readonly taskId: string; readonly executionId: string; readonly partitionId: number }[];
}

/** Another task with what it is ended with. */
export interface EndedAlong {
  readonly taskId: string;
  readonly output: JsonValue;
}

/**
 * Every change is one statement that names what it expects and writes the task's activity with it. null: the task was
 * not as expected and nothing changed; read it to say why.
 */
export interface TaskStore {
  read(query: { readonly tenant: string; readonly taskId: string }): Promise<TaskSnapshot | null>;
  /** Whether somebody did something to a task, or was handed it or asked about it. */
  tookPart(query: { readonly tenant: string; readonly taskId: string; readonly userId: string }): Promise<boolean>;
  /** Expects an open, unclaimed task whose candidate this is. */
  claim(change: GuardedChange): Promise<ChangedTask | null>;
  /** Expects the task to be claimed by `holder`. */
  release(change: GuardedChange & { readonly holder: string }): Promise<ChangedTask | null>;
  /**
   * Expects a task that is claimed by this person, or unclaimed with them as a candidate. The event for the workflow
   * is written with it. Those of `along` that have its fingerprint and that this person may end are ended by the same
   * statement, each with an event for its own workflow; the others are left out.
   */
  complete(
    change: GuardedChange & {
      readonly outcome: string | null;
      readonly output: JsonValue;
      readonly along?: readonly EndedAlong[];
    },
  ): Promise<EndedTasks | null>;
  /** Ends the task unanswered, with a reason. Otherwise like `complete`. */
  decline(
    change: GuardedChange & { readonly reason: string; readonly along?: readonly EndedAlong[] },
  ): Promise<EndedTasks | null>;
  /**
   * Open tasks with the fingerprint of this one, whether or not it is open itself, that nobody or this person holds:
   * the oldest first, at most 500.
   */
  alike(query: {
    readonly tenant: string;
    readonly taskId: string;
    readonly userId: string;
    /** Left out. */
    readonly except: readonly string[];
  }): Promise<readonly { readonly taskId: string; readonly contextData: JsonObject }[]>;

  /** Makes somebody the assignee, whoever held it. Expects an open task held by `holder` (null: by nobody). */
  assign(change: Handover & { readonly holder: string | null }): Promise<ChangedTask | null>;
  /** Somebody else works on it and gives it back. Expects the task to be held by this person, and not delegated. */
  delegate(change: Handover): Promise<ChangedTask | null>;
  /** Ends a delegation. Expects a delegated task whose assignee or owner this is. */
  giveBack(change: GuardedChange & { readonly note: string | null }): Promise<ChangedTask | null>;
  /** Hands the task to somebody for good. Expects it to be held by this person, and not delegated. */
  forward(change: Handover): Promise<ChangedTask | null>;

  /** Expects the task to be held by this person and no question to be open. */
  ask(change: GuardedChange & { readonly to: string; readonly text: string }): Promise<ChangedTask | null>;
  /** Expects an open question to this person, or by this person, who thereby withdraws it (`text` null). */
  answer(change: GuardedChange & { readonly text: string | null }): Promise<ChangedTask | null>;
  /** Gives a question back that nobody answers any more. Expects it to be `by` somebody and `to` somebody else. */
  returnQuestion(
    change: GuardedChange & { readonly by: string; readonly to: string; readonly text: string },
  ): Promise<ChangedTask | null>;
  /** Adds a comment; nothing else of the task changes. */
  comment(change: GuardedChange & { readonly text: string }): Promise<ChangedTask | null>;
  /** Changes what is given of priority, due date and follow-up. Expects an open task. */
  plan(change: GuardedChange & TaskPlan): Promise<ChangedTask | null>;

  /** The change that made this version of the task. null: the software made it, or nothing did. */
  changeOf(query: {
    readonly tenant: string;
    readonly taskId: string;
    readonly version: number;
  }): Promise<TaskDeed | null>;
  /**
   * Puts the task back to how it was held before `deed`, and notes who did. Expects the task to be as that deed left it.
   */
  takeBack(
    change: GuardedChange & {
      readonly expectedVersion: number;
      readonly deed: Pick<TaskDeed, 'activityId' | 'kind'> & { readonly before: TaskBefore };
    },
  ): Promise<ChangedTask | null>;
}

/** How a task was held and planned before a change that can be taken back. Instants in ISO 8601. */
export interface TaskBefore {
  readonly status: 'pending' | 'claimed';
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly claimedAt: string | null;
  readonly questionTo: string | null;
  readonly questionBy: string | null;
  readonly question: string | null;
  readonly priority: TaskPriority;
  readonly dueAt: string | null;
  readonly followUpAt: string | null;
  /** Who became a candidate by the change, and was none before. */
  readonly newCandidate: string | null;
}

/** What somebody did to a task. */
export interface TaskDeed {
  readonly activityId: number;
  readonly kind: string;
  readonly by: string;
  /** What people call them. */
  readonly byName: string;
  /** Done within the last two minutes. */
  readonly isRecent: boolean;
  /** null: it cannot be taken back. */
  readonly before: TaskBefore | null;
}

export interface Handover extends GuardedChange {
  readonly to: string;
  readonly note: string | null;
}

/** `undefined` leaves as it is; null takes away. */
export interface TaskPlan {
  readonly priority?: TaskPriority;
  readonly dueAtMs?: number | null;
  readonly followUpAtMs?: number | null;
}

/** What people typed and did not send. Private: only whoever typed it reads it. */
export interface TaskDraftStore {
  /** null: nothing typed, or this person ended the task. What others typed outlives its end. */
  read(query: DraftKey): Promise<TaskDraft | null>;
  /** Replaces what was there. Nothing happens, and the answer is null, where the task is not open. */
  save(draft: DraftKey & { readonly data: JsonObject }): Promise<Pick<TaskDraft, 'savedAtMs'> | null>;
  drop(query: DraftKey): Promise<void>;
}

export interface DraftKey {
  readonly tenant: string;
  readonly taskId: string;
  readonly userId: string;
}

export interface TaskDraft {
  readonly data: JsonObject;
  readonly savedAtMs: number;
}

/** Who belongs to a tenant. */
export interface PeopleDirectory {
  /** null: the tenant has nobody with this id. */
  find(query: { readonly tenant: string; readonly userId: string }): Promise<{ readonly name: string } | null>;
}

/** The newest definition for a type of task, with the newest version of its form. */
export interface TaskDefinition {
  readonly type: 'system' | 'tenant';
  /** Set for a tenant's own definition. */
  readonly tenantTaskDefinitionId: string | null;
  readonly taskType: string;
  /** What people call such tasks. */
  readonly name: string;
  readonly defaultRoles: readonly string[];
  readonly defaultPriority: TaskPriority;
  /** A duration such as `2 days`. */
  readonly defaultDue: string | null;
  readonly completionEvent: string | null;
  /** null: the definition names a form that does not exist. */
  readonly form: TaskForm | null;
  readonly formName: string;
}

export interface TaskForm {
  readonly type: 'system' | 'tenant';
  readonly formId: string;
  readonly version: number;
  readonly jsonSchema: JsonObject;
  readonly uiSchema: JsonObject;
}

export interface TaskDefinitionStore {
  /** One answer per question, in order: the tenant's own definition, else the system's, else null. */
  find(query: {
    readonly wanted: readonly { readonly tenant: string; readonly taskType: string }[];
  }): Promise<readonly (TaskDefinition | null)[]>;

  /**
   * Stores what ships with the product. A form becomes a new version when its text changed, else nothing is written;
   * versions are never changed. Safe to run at the same time from several processes.
   */
  publishSystem(request: {
    readonly forms: readonly SystemFormInput[];
    readonly taskDefinitions: readonly SystemTaskDefinitionInput[];
  }): Promise<void>;
}

export interface SystemFormInput {
  readonly name: string;
  readonly description?: string;
  readonly jsonSchema: { readonly [key: string]: unknown };
  readonly uiSchema: { readonly [key: string]: unknown };
}

/** A type of task that ships with the product. */
export interface SystemTaskDefinitionInput {
  readonly taskType: string;
  readonly name: string;
  readonly description?: string;
  /** Name of a system form. */
  readonly formName: string;
  readonly defaultRoles?: readonly string[];
  readonly defaultPriority?: TaskPriority;
  readonly defaultDue?: string;
  readonly completionEvent?: string;
}
