CREATE TABLE "workflow_dead_letters" (
	"dead_letter_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"tenant_id" text NOT NULL,
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"error" json,
	"event_row_id" bigint,
	"head_seq" integer NOT NULL,
	"strikes" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"redriven_at" timestamp (3) with time zone,
	"redriven_by" text,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "workflow_suspects" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"tenant_id" text NOT NULL,
	"strikes" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"reason" text,
	"first_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_suspects_execution_id_partition_id_pk" PRIMARY KEY("execution_id","partition_id")
);
--> statement-breakpoint
ALTER TABLE "workflow_partitions" ADD COLUMN "left_unclean" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_dead_letters_recent" ON "workflow_dead_letters" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_dead_letters_open" ON "workflow_dead_letters" USING btree ("execution_id","partition_id") WHERE "workflow_dead_letters"."kind" <> 'undeliverable' AND "workflow_dead_letters"."settled_at" IS NULL;--> statement-breakpoint
CREATE INDEX "workflow_dead_letters_redriven" ON "workflow_dead_letters" USING btree ("partition_id") WHERE "workflow_dead_letters"."redriven_at" IS NOT NULL AND "workflow_dead_letters"."settled_at" IS NULL;--> statement-breakpoint
CREATE INDEX "workflow_suspects_by_partition" ON "workflow_suspects" USING btree ("partition_id");