ALTER TABLE "workflow_waits" ADD COLUMN "match" json;--> statement-breakpoint
ALTER TABLE "workflow_waits" ADD COLUMN "match_probes" text[];--> statement-breakpoint
ALTER TABLE "workflow_waits" ADD COLUMN "checked_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "workflow_bus_events_by_name" ON "workflow_bus_events" USING btree ("tenant_id","event_name","created_at");--> statement-breakpoint
CREATE INDEX "workflow_bus_events_not_fanned_out" ON "workflow_bus_events" USING btree ("created_at") WHERE "workflow_bus_events"."fanned_out_at" IS NULL;--> statement-breakpoint
CREATE INDEX "workflow_waits_match" ON "workflow_waits" USING gin ("match_probes") WITH (fastupdate=false) WHERE "workflow_waits"."match_probes" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_waits_not_checked" ON "workflow_waits" USING btree ("partition_id") WHERE "workflow_waits"."match_probes" IS NOT NULL AND "workflow_waits"."checked_at" IS NULL;