-- A dispatched action that no worker takes: queued and due, given back again and again by workers that lack the action, or
-- begun by a process that is not heard of any more and that nobody follows. It is one more kind of open work; the rest of
-- the function is as it was.
CREATE OR REPLACE FUNCTION workflow_stuck(before timestamptz)
RETURNS TABLE (execution_id uuid, partition_id smallint, tenant_id text, since timestamptz, why text)
LANGUAGE sql STABLE AS $$
  SELECT s.execution_id, s.partition_id, s.tenant_id, s.since,
    CASE
      WHEN EXISTS (SELECT 1 FROM workflow_dead_letters d
                   WHERE d.execution_id = s.execution_id AND d.partition_id = s.partition_id
                     AND d.kind <> 'undeliverable' AND d.settled_at IS NULL) THEN 'dead_letter'
      WHEN s.is_blocked THEN 'blocked'
      WHEN NOT EXISTS (SELECT 1 FROM workflow_partitions p
                       JOIN workflow_worker_leases l ON l.worker_id = p.worker_id AND l.lease_until > now()
                       WHERE p.partition_id = s.partition_id) THEN 'no_worker'
      WHEN EXISTS (SELECT 1 FROM workflow_event_processing v
                   WHERE v.execution_id = s.execution_id AND v.partition_id = s.partition_id
                     AND v.status = 'deferred' AND v.last_at >= s.since) THEN 'code_unknown'
      WHEN s.is_job THEN 'job_not_taken'
      WHEN s.is_at_work THEN 'no_progress'
      WHEN s.is_late THEN 'timer_late'
      ELSE 'not_taken'
    END
  FROM (
    SELECT o.execution_id, o.partition_id, o.tenant_id, min(o.since) AS since,
           bool_or(o.kind = 'blocked') AS is_blocked, bool_or(o.kind = 'work') AS is_at_work,
           bool_or(o.kind = 'timer') AS is_late, bool_or(o.kind = 'job') AS is_job
    FROM (
      SELECT e.execution_id, e.partition_id, e.tenant_id, e.updated_at AS since,
             CASE WHEN e.status = 'blocked_on_code' THEN 'blocked' ELSE 'work' END AS kind
      FROM workflow_executions e
      WHERE e.status IN ('pending', 'running', 'blocked_on_code') AND e.updated_at < before
        -- Between two attempts of an action nothing is wrong.
        AND (e.status <> 'running' OR NOT EXISTS (
          SELECT 1 FROM workflow_action_results r
          WHERE r.execution_id = e.execution_id AND r.partition_id = e.partition_id
            AND r.status = 'retrying' AND r.next_attempt_at > before))
      UNION ALL
      SELECT i.execution_id, i.partition_id, i.tenant_id, greatest(i.at, e.updated_at), 'inbox'
      FROM workflow_events i
      JOIN workflow_executions e ON e.execution_id = i.execution_id AND e.partition_id = i.partition_id
      WHERE i.seq IS NULL AND i.disposition IS NULL AND i.at < before
        AND e.status IN ('pending', 'running', 'waiting') AND e.updated_at < before
      UNION ALL
      SELECT t.execution_id, t.partition_id, t.tenant_id, greatest(t.fire_at, e.updated_at), 'timer'
      FROM workflow_timers t
      JOIN workflow_executions e ON e.execution_id = t.execution_id AND e.partition_id = t.partition_id
      WHERE t.fire_at < before AND e.status IN ('pending', 'running', 'waiting') AND e.updated_at < before
      UNION ALL
      SELECT j.execution_id, j.partition_id, j.tenant_id, j.since, 'job'
      FROM (
        SELECT q.execution_id, q.partition_id, q.tenant_id,
               CASE WHEN q.status = 'running' THEN q.heartbeat_at + q.heartbeat_timeout_ms * interval '1 millisecond'
                    -- Who lacks the action gives it back every few seconds.
                    WHEN q.error->>'code' = 'unknown_action' THEN q.created_at
                    ELSE q.run_at END AS since
        FROM workflow_jobs q WHERE q.status IN ('queued', 'running')
      ) j
      JOIN workflow_executions e ON e.execution_id = j.execution_id AND e.partition_id = j.partition_id
      WHERE j.since < before AND e.status IN ('pending', 'running', 'waiting')
    ) o
    GROUP BY o.execution_id, o.partition_id, o.tenant_id
  ) s
$$;
