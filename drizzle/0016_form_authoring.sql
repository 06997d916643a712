CREATE TABLE "workflow_form_drafts" (
	"draft_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text,
	"form_name" text NOT NULL,
	"json_schema" text NOT NULL,
	"ui_schema" text NOT NULL,
	"sample_context" text NOT NULL,
	"revision" integer NOT NULL,
	"saved_by" text NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_form_drafts_form" UNIQUE NULLS NOT DISTINCT("tenant_id","form_name")
);
--> statement-breakpoint
ALTER TABLE "system_workflow_form_definitions" ADD COLUMN "sample_context" json;--> statement-breakpoint
ALTER TABLE "system_workflow_form_definitions" ADD COLUMN "published_by" text;--> statement-breakpoint
ALTER TABLE "system_workflow_task_definitions" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "system_workflow_task_definitions" ADD COLUMN "edited_by" text;--> statement-breakpoint
ALTER TABLE "workflow_form_definitions" ADD COLUMN "sample_context" json;--> statement-breakpoint
ALTER TABLE "workflow_form_definitions" ADD COLUMN "published_by" text;--> statement-breakpoint
ALTER TABLE "workflow_task_definitions" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "workflow_task_definitions" ADD COLUMN "edited_by" text;--> statement-breakpoint
CREATE INDEX "workflow_tasks_form" ON "workflow_tasks" USING btree ("form_id","tenant_id","task_id") WHERE "workflow_tasks"."status" IN ('pending', 'claimed');