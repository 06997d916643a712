ALTER TABLE "workflow_action_results" ADD COLUMN "n" integer;--> statement-breakpoint
ALTER TABLE "workflow_action_results" ADD COLUMN "args_hash" text;