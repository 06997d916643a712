CREATE TABLE "workflow_task_drafts" (
	"task_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"data" json NOT NULL,
	"saved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "workflow_task_drafts_task_id_user_id_pk" PRIMARY KEY("task_id","user_id")
);
--> statement-breakpoint
-- Whatever ends a task, its people, time or the end of its execution: what somebody typed and did not send goes with it.
-- A trigger sees drafts that were saved while the ending statement waited for the task's row; the statement does not.
CREATE FUNCTION baton_drop_drafts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM workflow_task_drafts WHERE task_id = NEW.task_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER workflow_tasks_drop_drafts AFTER UPDATE OF status ON workflow_tasks
FOR EACH ROW WHEN (OLD.status IN ('pending', 'claimed') AND NEW.status NOT IN ('pending', 'claimed'))
EXECUTE FUNCTION baton_drop_drafts();
