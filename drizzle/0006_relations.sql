DROP INDEX "workflow_executions_key";--> statement-breakpoint
ALTER TABLE "workflow_executions" ADD COLUMN "continued_from" uuid;--> statement-breakpoint
ALTER TABLE "workflow_executions" ADD COLUMN "continued_to" uuid;--> statement-breakpoint
ALTER TABLE "workflow_executions" ADD COLUMN "forked_from" uuid;--> statement-breakpoint
ALTER TABLE "workflow_executions" ADD COLUMN "forked_at_seq" integer;--> statement-breakpoint
ALTER TABLE "workflow_executions" ADD COLUMN "forked_by" text;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "logged_task_id" uuid;--> statement-breakpoint
CREATE INDEX "workflow_executions_children" ON "workflow_executions" USING btree ("parent_execution_id") WHERE "workflow_executions"."parent_execution_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_executions_forks" ON "workflow_executions" USING btree ("forked_from") WHERE "workflow_executions"."forked_from" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_executions_key" ON "workflow_executions" USING btree ("tenant_id","workflow_name","workflow_key","partition_id") WHERE "workflow_executions"."workflow_key" IS NOT NULL AND "workflow_executions"."ended_at" IS NULL;--> statement-breakpoint
-- An event for one execution, sent within a database action. The tenant's role cannot write the inbox itself; this
-- sends to executions of its own tenant only. A run that goes on as another one hands the event to that one.
CREATE FUNCTION baton_signal(target uuid, event json)
RETURNS TABLE (outcome text, execution_id uuid, partition_id smallint, status text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found record;
  wanted uuid := target;
BEGIN
  LOOP
    SELECT e.execution_id, e.partition_id, e.tenant_id, e.status, e.ended_at, e.continued_to INTO found
    FROM workflow_executions e
    WHERE e.execution_id = wanted AND e.tenant_id = current_setting('baton.tenant', true);
    IF NOT FOUND THEN
      RETURN QUERY SELECT 'not_found'::text, target, NULL::smallint, NULL::text;
      RETURN;
    END IF;
    EXIT WHEN found.continued_to IS NULL;
    wanted := found.continued_to;
  END LOOP;
  IF found.ended_at IS NOT NULL THEN
    RETURN QUERY SELECT 'ended'::text, found.execution_id, found.partition_id, found.status;
    RETURN;
  END IF;
  INSERT INTO workflow_events AS i (execution_id, partition_id, tenant_id, kind, name, payload)
  VALUES (found.execution_id, found.partition_id, found.tenant_id, 'event_received', event ->> 'name',
          json_build_object('event', event));
  RETURN QUERY SELECT 'sent'::text, found.execution_id, found.partition_id, found.status;
END
$$;--> statement-breakpoint
REVOKE ALL ON FUNCTION baton_signal(uuid, json) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION baton_signal(uuid, json) TO baton_tenant;
