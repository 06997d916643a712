CREATE TABLE "inbox_saved_views" (
	"view_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_saved_views_name" UNIQUE("tenant_id","user_id","name")
);
--> statement-breakpoint
DROP INDEX "workflow_tasks_due";--> statement-breakpoint
DROP INDEX "workflow_tasks_ended";--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "workflow_name" text;--> statement-breakpoint
CREATE INDEX "workflow_tasks_due" ON "workflow_tasks" USING btree ("tenant_id",coalesce(due_at, 'infinity'::timestamptz),"created_at","task_id") WHERE "workflow_tasks"."status" IN ('pending', 'claimed');--> statement-breakpoint
CREATE INDEX "workflow_tasks_ended" ON "workflow_tasks" USING btree ("tenant_id","ended_by","ended_at","task_id") WHERE "workflow_tasks"."status" IN ('completed', 'declined');--> statement-breakpoint
UPDATE workflow_tasks t SET workflow_name = e.workflow_name
FROM workflow_executions e WHERE e.execution_id = t.execution_id AND e.partition_id = t.partition_id;--> statement-breakpoint
-- Whoever creates a task, a flush, an action or a fork, of this version of the code or of the one before: the name of
-- its workflow never changes and is known by then.
CREATE FUNCTION baton_name_task_workflow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT e.workflow_name INTO NEW.workflow_name FROM workflow_executions e
  WHERE e.execution_id = NEW.execution_id AND e.partition_id = NEW.partition_id;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER workflow_tasks_name_workflow BEFORE INSERT ON workflow_tasks
FOR EACH ROW WHEN (NEW.workflow_name IS NULL) EXECUTE FUNCTION baton_name_task_workflow();
