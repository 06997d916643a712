/** Changes of human tasks: each names what it expects of the row, and what it makes of it. */
import type { Sql } from 'postgres';
import { encodeJson } from '../../model/json';
import type { TaskStore } from '../../model/ports/taskStore';
import { changeTask } from './changeTask';
import { isSecondPerson } from './fourEyes';
import { handoversOf } from './handovers';
import { readTask } from './readTask';

export function createTaskStore(options: { readonly sql: Sql }): TaskStore {
  const { sql } = options;

  /** A candidate who is not excluded. The use-cases say the same in words. */
  const isCandidate = (userId: string, roles: readonly string[]) => sql`
    ${isSecondPerson(sql, userId)}
    AND (${userId} = ANY(k.candidate_users) OR k.candidate_roles && ${[...roles]}::text[])`;
  /** Whoever may end it: a candidate while nobody holds it, then its holder, unless it was delegated to them. */
  const mayEnd = (userId: string, roles: readonly string[]) => sql`
    (k.status = 'pending' OR (k.assignee = ${userId} AND k.owner IS NULL)) AND ${isCandidate(userId, roles)}`;

  return {
    read: (query) => readTask(sql, query),

    claim: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'claimed', assignee = ${change.userId}, claimed_at = l.now`,
        expects: sql`k.status = 'pending' AND ${isCandidate(change.userId, change.roles)}`,
        activities: [{ kind: 'claimed' }],
      }),

    release: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'pending', assignee = NULL, owner = NULL, claimed_at = NULL, question_to = NULL,
          question_by = NULL, question = NULL`,
        expects: sql`k.status = 'claimed' AND k.assignee = ${change.holder}`,
        activities: [{ kind: 'released', detail: { from: change.holder } }],
      }),

    complete: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'completed', outcome = ${change.outcome},
          output = ${encodeJson(change.output, 'The answers')}::text::json, assignee = ${change.userId},
          claimed_at = coalesce(k.claimed_at, l.now), ended_by = ${change.userId}, ended_at = l.now`,
        expects: mayEnd(change.userId, change.roles),
        activities: [
          { kind: 'claimed', when: 'was_pending' },
          { kind: 'completed', detail: { outcome: change.outcome } },
        ],
        ends: true,
      }),

    decline: (change) =>
      changeTask(sql, {
        ...change,
        set: sql`status = 'declined', output = json_build_object('reason', ${change.reason}::text),
          assignee = ${change.userId}, claimed_at = coalesce(k.claimed_at, l.now), ended_by = ${change.userId}, ended_at = l.now`,
        expects: mayEnd(change.userId, change.roles),
        activities: [{ kind: 'declined', detail: { text: change.reason } }],
        ends: true,
      }),

    ...handoversOf(sql),
  };
}
