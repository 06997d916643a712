/**
 * What a flush does to other executions: starts children, tells parents, closes children, hands over to successors. The
 * parts join the flush statement, so that they commit with the log entries that tell of them.
 *
 * - A child is not started when nobody registered its workflow or an execution holds its key. Its parent finds that in
 *   its inbox; nothing in the parent's commit depends on it.
 * - A successor is inserted after its predecessor's row was marked as ended (it reads what that update, `won`, returns): both
 *   may have the same key. Rows of the predecessor's inbox move with their order of arrival.
 */
import type { ExecutionFlush } from '../../model/ports/store';
import { entryColumns } from './historyRows';

/** Entry 1, made of its parts: their texts stay as they are, the order of keys included. */
const startedBody = `json_build_object('workflow', started -> 'workflow', 'version', pinned, 'trigger', started -> 'trigger',
           'initialData', started -> 'initialData', 'seed', started -> 'seed',
           'logicalExecutionId', started -> 'logicalExecutionId', 'startedBy', started -> 'startedBy',
           'parent', started -> 'parent', 'continuedFrom', started -> 'continuedFrom')`;

/** Joins the statement behind its projections; the parameters from $34 on are its own. */
export const relationsSql = `), children AS MATERIALIZED (
  SELECT k.*, w.partition_id AS parent_partition, w.tenant_id, e.subject, e.correlation_id, r.registration_id,
         CASE WHEN k.version IS NULL THEN r.current_version ELSE v.version END AS pinned
  FROM json_to_recordset($34::text::json) AS k(parent_id uuid, command_id text, execution_id uuid, partition_id smallint,
         workflow text, version text, workflow_key text, started json, at timestamptz)
  JOIN won w ON w.execution_id = k.parent_id
  JOIN workflow_executions e ON e.execution_id = w.execution_id AND e.partition_id = w.partition_id
  LEFT JOIN workflow_registrations r ON r.name = k.workflow AND r.tenant_id IS NULL
  LEFT JOIN workflow_registration_versions v ON v.registration_id = r.registration_id AND v.version = k.version
), children_started AS (
  INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
    registration_id, status, head_seq, subject, correlation_id, started_by, parent_execution_id, workflow_key)
  SELECT execution_id, partition_id, tenant_id, workflow, pinned, registration_id, 'pending', 1, subject,
         correlation_id, started ->> 'startedBy', parent_id, workflow_key
  FROM children WHERE pinned IS NOT NULL
  ORDER BY workflow, workflow_key, execution_id
  ON CONFLICT DO NOTHING
  RETURNING execution_id
), children_log AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, payload, at)
  SELECT c.execution_id, c.partition_id, 1, c.tenant_id, 'execution_started', c.workflow,
         ${startedBody}, c.at
  FROM children c JOIN children_started s ON s.execution_id = c.execution_id
), children_refused AS (
  INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, command_id, payload)
  SELECT c.parent_id, c.parent_partition, c.tenant_id, 'child_ended', 'failed', c.command_id, json_build_object(
    'childExecutionId', c.execution_id, 'status', 'failed', 'result', NULL, 'error', CASE WHEN c.pinned IS NULL
      THEN json_build_object('name', 'WorkflowNotFoundError', 'code', 'workflow_not_found', 'details', NULL,
        'message', 'No workflow "' || c.workflow || coalesce('" of version "' || c.version, '') || '" is registered.')
      ELSE json_build_object('name', 'WorkflowKeyTakenError', 'code', 'workflow_key_taken', 'details', NULL,
        'message', 'An execution of workflow "' || c.workflow || '" that has not ended holds the key "'
          || coalesce(c.workflow_key, '') || '".') END)
  FROM children c WHERE NOT EXISTS (SELECT 1 FROM children_started s WHERE s.execution_id = c.execution_id)
), parents_told AS (
  INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, command_id, payload)
  SELECT p.execution_id, p.partition_id, p.tenant_id, 'child_ended', t.status, t.command_id, t.payload
  FROM json_to_recordset($35::text::json) AS t(child_id uuid, parent_id uuid, partition_id smallint, status text,
         command_id text, payload json)
  JOIN won w ON w.execution_id = t.child_id
  CROSS JOIN LATERAL (
    SELECT p.* FROM workflow_executions p
    WHERE p.execution_id = t.parent_id AND p.partition_id = t.partition_id OFFSET 0) p
  WHERE p.tenant_id = w.tenant_id
), children_closed AS (
  INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, payload)
  SELECT c.child_id, c.partition_id, w.tenant_id, c.kind, c.payload
  FROM json_to_recordset($36::text::json) AS c(parent_id uuid, child_id uuid, partition_id smallint, kind text,
         payload json)
  JOIN won w ON w.execution_id = c.parent_id
  LEFT JOIN LATERAL (
    SELECT e.ended_at IS NULL OR e.status = 'continued_as_new' AS goes_on FROM workflow_executions e
    WHERE e.execution_id = c.child_id AND e.partition_id = c.partition_id OFFSET 0) e ON true
  WHERE e.goes_on OR c.child_id IN (SELECT execution_id FROM children_started)
), successors AS MATERIALIZED (
  SELECT s.*, w.partition_id, w.tenant_id, e.workflow_name, e.registration_id, e.subject, e.correlation_id,
         e.started_by, e.parent_execution_id, e.workflow_key, coalesce(r.current_version, e.workflow_version) AS pinned
  FROM json_to_recordset($37::text::json) AS s(predecessor_id uuid, execution_id uuid, started json, mail json,
         at timestamptz)
  JOIN won w ON w.execution_id = s.predecessor_id
  JOIN workflow_executions e ON e.execution_id = w.execution_id AND e.partition_id = w.partition_id
  LEFT JOIN workflow_registrations r ON r.registration_id = e.registration_id
), successors_started AS (
  INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
    registration_id, status, head_seq, subject, correlation_id, started_by, parent_execution_id, workflow_key,
    continued_from)
  SELECT execution_id, partition_id, tenant_id, workflow_name, pinned, registration_id, 'pending',
         1 + json_array_length(mail), subject, correlation_id, started_by, parent_execution_id, workflow_key,
         predecessor_id
  FROM successors
), successors_log AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, payload, at)
  SELECT execution_id, partition_id, 1, tenant_id, 'execution_started', workflow_name,
         ${startedBody}, at
  FROM successors
  UNION ALL
  SELECT s.execution_id, s.partition_id, 1 + m.n::int, s.tenant_id, m.entry ->> 'kind', m.entry ->> 'name',
         m.entry -> 'payload', s.at
  FROM successors s, json_array_elements(s.mail) WITH ORDINALITY AS m(entry, n)
), inbox_left AS (
  SELECT s.execution_id, i.place
  FROM successors s CROSS JOIN LATERAL (
    SELECT i.ctid AS place FROM workflow_events i
    WHERE i.execution_id = s.predecessor_id AND i.partition_id = s.partition_id
      AND i.seq IS NULL AND i.disposition IS NULL AND i.kind <> 'child_ended'
    OFFSET 0) i
), inbox_moved AS (
  UPDATE workflow_events i SET execution_id = l.execution_id
  FROM inbox_left l
  WHERE i.ctid = l.place AND i.seq IS NULL AND i.disposition IS NULL`;

/** Of the update of the executions' rows. */
export const relationColumns = `,
      continued_to = (SELECT s.execution_id
                      FROM json_to_recordset($37::text::json) AS s(predecessor_id uuid, execution_id uuid)
                      WHERE s.predecessor_id = e.execution_id)`;

/** Kinds of the inbox rows that close a child. */
const closingKinds = { terminate: 'terminate_requested', cancel: 'cancel_requested' } as const;

export function relationParameters(flushes: readonly ExecutionFlush[]): string[] {
  const related = flushes.flatMap(({ executionId, relations, atMs }) =>
    relations ? [{ executionId, at: new Date(atMs).toISOString(), relations }] : [],
  );
  const children = related.flatMap(({ executionId, at, relations }) =>
    relations.childrenStarted.map((child) => ({
      parent_id: executionId,
      command_id: child.commandId,
      execution_id: child.executionId,
      partition_id: child.partitionId,
      workflow: child.workflow,
      version: child.version,
      workflow_key: child.workflowKey,
      started: child.started,
      at,
    })),
  );
  const told = related.flatMap(({ executionId, relations: { parentTold } }) => {
    if (!parentTold) return [];
    const { parent, end } = parentTold;
    const { commandId, ...payload } = end;
    const { executionId: parentId, partitionId } = parent;
    const { status } = end;
    const to = { parent_id: parentId, partition_id: partitionId, command_id: commandId };
    return [{ child_id: executionId, ...to, status, payload }];
  });
  const closed = related.flatMap(({ executionId, relations }) =>
    relations.childrenClosed.map((child) => ({
      parent_id: executionId,
      child_id: child.executionId,
      partition_id: child.partitionId,
      kind: closingKinds[child.policy],
      payload: { by: null, reason: 'Its parent ended.' },
    })),
  );
  const successors = related.flatMap(({ executionId, at, relations: { successor } }) => {
    if (!successor) return [];
    const { executionId: successorId, started } = successor;
    const mail = successor.mail.map((entry) => {
      const { name, payload } = entryColumns(entry);
      return { kind: entry.kind, name, payload };
    });
    return [{ predecessor_id: executionId, execution_id: successorId, started, mail, at }];
  });
  return [children, told, closed, successors].map((rows) => JSON.stringify(rows));
}
