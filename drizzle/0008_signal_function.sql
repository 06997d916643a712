-- The event for one execution: a variable of the first version hid the outcome of its query.
CREATE OR REPLACE FUNCTION baton_signal(target uuid, event json)
RETURNS TABLE (outcome text, execution_id uuid, partition_id smallint, status text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  run record;
  wanted uuid := target;
BEGIN
  LOOP
    SELECT e.execution_id, e.partition_id, e.tenant_id, e.status, e.ended_at, e.continued_to INTO run
    FROM workflow_executions e
    WHERE e.execution_id = wanted AND e.tenant_id = current_setting('baton.tenant', true);
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'not_found'::text, target, NULL::smallint, NULL::text;
      RETURN;
    END IF;
    EXIT WHEN run.continued_to IS NULL;
    wanted := run.continued_to;
  END LOOP;
  IF run.ended_at IS NOT NULL THEN
    RETURN QUERY SELECT 'ended'::text, run.execution_id, run.partition_id, run.status;
    RETURN;
  END IF;
  INSERT INTO workflow_events AS i (execution_id, partition_id, tenant_id, kind, name, payload)
  VALUES (run.execution_id, run.partition_id, run.tenant_id, 'event_received', event ->> 'name',
          json_build_object('event', event));
  RETURN QUERY SELECT 'sent'::text, run.execution_id, run.partition_id, run.status;
END
$$;
