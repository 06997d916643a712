ALTER TABLE "workflow_action_keys" ADD COLUMN "given" json;--> statement-breakpoint
ALTER TABLE "workflow_suspects" ADD COLUMN "company" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "workflow_suspects" ADD COLUMN "ran_ms" bigint DEFAULT 0 NOT NULL;