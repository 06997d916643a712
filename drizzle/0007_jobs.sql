CREATE TABLE "workflow_jobs" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"command_id" text NOT NULL,
	"n" integer NOT NULL,
	"args_hash" text NOT NULL,
	"correlation_id" text NOT NULL,
	"action_name" text NOT NULL,
	"args" json NOT NULL,
	"status" text NOT NULL,
	"attempts" smallint NOT NULL,
	"run_at" timestamp (3) with time zone NOT NULL,
	"claimed_by" text,
	"claim_token" uuid,
	"heartbeat_at" timestamp (3) with time zone,
	"heartbeat_timeout_ms" integer NOT NULL,
	"progress" json,
	"error" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_jobs_command" UNIQUE("execution_id","command_id","partition_id")
);
--> statement-breakpoint
ALTER TABLE "workflow_action_results" ADD COLUMN "via_inbox" boolean;--> statement-breakpoint
CREATE INDEX "workflow_jobs_open" ON "workflow_jobs" USING btree ("status","run_at") WHERE "workflow_jobs"."status" IN ('queued', 'running');