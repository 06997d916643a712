ALTER TABLE "workflow_task_activity" ADD COLUMN "version" integer;--> statement-breakpoint
ALTER TABLE "workflow_task_activity" ADD COLUMN "before" json;