ALTER TABLE "workflow_event_processing" ADD COLUMN "next_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "workflow_partitions" ADD COLUMN "offered_to" uuid;--> statement-breakpoint
ALTER TABLE "workflow_partitions" ADD COLUMN "offered_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "workflow_workers" ADD COLUMN "definitions" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "workflow_suspects" ADD COLUMN "command_id" text;--> statement-breakpoint
CREATE INDEX "workflow_event_processing_deferred" ON "workflow_event_processing" USING btree ("partition_id") WHERE "workflow_event_processing"."status" = 'deferred';