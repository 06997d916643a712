ALTER TABLE "workflow_tasks" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "question_to" text;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "question_by" text;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "question" text;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD COLUMN "follow_up_at" timestamp (3) with time zone;