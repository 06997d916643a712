CREATE TABLE "workflow_action_dependencies" (
	"group_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"execution_id" text,
	"action_id" text NOT NULL,
	"depends_on_action_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_action_dependencies_group_id_action_id_depends_on_action_id_pk" PRIMARY KEY("group_id","action_id","depends_on_action_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_action_keys" (
	"tenant_id" text NOT NULL,
	"action_name" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"status" text NOT NULL,
	"caller_execution_id" text,
	"caller_event_id" text,
	"params" json,
	"result" json,
	"error" json,
	"claimed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_action_keys_tenant_id_action_name_idempotency_key_pk" PRIMARY KEY("tenant_id","action_name","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "workflow_action_results" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"command_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"action_name" text NOT NULL,
	"status" text NOT NULL,
	"params" json,
	"result" json,
	"error" json,
	"attempts" smallint DEFAULT 1 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_action_results_execution_id_command_id_partition_id_pk" PRIMARY KEY("execution_id","command_id","partition_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_bus_events" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"event_type" text NOT NULL,
	"event_name" text NOT NULL,
	"payload" json NOT NULL,
	"user_id" text,
	"correlation_id" text NOT NULL,
	"subject" text,
	"idempotency_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fanned_out_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "workflow_event_attachments" (
	"attachment_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"event_type" text NOT NULL,
	"workflow_id" uuid NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_event_attachments_once" UNIQUE("tenant_id","event_type","workflow_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_event_processing" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"tenant_id" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"worker_id" uuid,
	"error" json,
	"first_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_event_processing_execution_id_partition_id_pk" PRIMARY KEY("execution_id","partition_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_events" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"seq" integer,
	"row_id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "workflow_events_row_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text,
	"command_id" text,
	"payload" json,
	"bus_event_id" uuid,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"disposition" text
);
--> statement-breakpoint
CREATE TABLE "workflow_executions" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"tenant_id" text NOT NULL,
	"workflow_name" text NOT NULL,
	"workflow_version" text NOT NULL,
	"registration_id" uuid NOT NULL,
	"status" text NOT NULL,
	"state" text,
	"head_seq" integer NOT NULL,
	"subject" text,
	"correlation_id" text NOT NULL,
	"started_by_event_id" uuid,
	"started_by" text,
	"parent_execution_id" uuid,
	"workflow_key" text,
	"result" json,
	"error" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_executions_execution_id_partition_id_pk" PRIMARY KEY("execution_id","partition_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_partitions" (
	"partition_id" smallint PRIMARY KEY NOT NULL,
	"worker_id" uuid,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workflow_registration_versions" (
	"registration_id" uuid NOT NULL,
	"version" text NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_registration_versions_registration_id_version_pk" PRIMARY KEY("registration_id","version")
);
--> statement-breakpoint
CREATE TABLE "workflow_registrations" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text,
	"name" text NOT NULL,
	"current_version" text NOT NULL,
	"description" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_registrations_name" UNIQUE NULLS NOT DISTINCT("tenant_id","name")
);
--> statement-breakpoint
CREATE TABLE "workflow_sync_points" (
	"group_id" uuid NOT NULL,
	"tenant_id" text NOT NULL,
	"execution_id" text,
	"sync_point_id" text NOT NULL,
	"waits_for" text[] NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"reached_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_sync_points_group_id_sync_point_id_pk" PRIMARY KEY("group_id","sync_point_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_timers" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"command_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"fire_at" timestamp (3) with time zone NOT NULL,
	"task_id" uuid,
	CONSTRAINT "workflow_timers_execution_id_command_id_partition_id_pk" PRIMARY KEY("execution_id","command_id","partition_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_waits" (
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"command_id" text NOT NULL,
	"tenant_id" text NOT NULL,
	"kind" text NOT NULL,
	"names" text[] NOT NULL,
	"deadline" timestamp (3) with time zone,
	"task_id" uuid,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "workflow_waits_execution_id_command_id_partition_id_pk" PRIMARY KEY("execution_id","command_id","partition_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_worker_leases" (
	"worker_id" uuid PRIMARY KEY NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	"heartbeat_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workflow_workers" (
	"worker_id" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"code_version" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fenced_at" timestamp (3) with time zone,
	"fenced_reason" text
);
--> statement-breakpoint
CREATE TABLE "system_workflow_form_definitions" (
	"form_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"description" text,
	"json_schema" json NOT NULL,
	"ui_schema" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "system_workflow_form_definitions_version" UNIQUE("name","version")
);
--> statement-breakpoint
CREATE TABLE "system_workflow_task_definitions" (
	"task_type" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"form_type" text NOT NULL,
	"form_name" text NOT NULL,
	"default_roles" text[] DEFAULT '{}'::text[] NOT NULL,
	"default_priority" text DEFAULT 'normal' NOT NULL,
	"default_due" text,
	"completion_event" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workflow_form_definitions" (
	"form_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"description" text,
	"json_schema" json NOT NULL,
	"ui_schema" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"tenant_id" text NOT NULL,
	CONSTRAINT "workflow_form_definitions_version" UNIQUE("tenant_id","name","version")
);
--> statement-breakpoint
CREATE TABLE "workflow_task_activity" (
	"activity_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "workflow_task_activity_activity_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"tenant_id" text NOT NULL,
	"task_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"actor" text,
	"detail" json,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workflow_task_definitions" (
	"task_definition_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"task_type" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"form_type" text NOT NULL,
	"form_name" text NOT NULL,
	"default_roles" text[] DEFAULT '{}'::text[] NOT NULL,
	"default_priority" text DEFAULT 'normal' NOT NULL,
	"default_due" text,
	"completion_event" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_task_definitions_type" UNIQUE("tenant_id","task_type")
);
--> statement-breakpoint
CREATE TABLE "workflow_tasks" (
	"task_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"execution_id" uuid NOT NULL,
	"partition_id" smallint NOT NULL,
	"command_id" text NOT NULL,
	"task_type" text NOT NULL,
	"task_definition_type" text NOT NULL,
	"tenant_task_definition_id" uuid,
	"system_task_definition_task_type" text,
	"form_type" text NOT NULL,
	"form_id" uuid NOT NULL,
	"form_version" integer NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"status" text NOT NULL,
	"priority" text NOT NULL,
	"candidate_roles" text[] NOT NULL,
	"candidate_users" text[] NOT NULL,
	"excluded_users" text[] NOT NULL,
	"assignee" text,
	"requested_by" text,
	"subject" text,
	"context_data" json NOT NULL,
	"warnings" json NOT NULL,
	"completion_event" text NOT NULL,
	"outcome" text,
	"output" json,
	"ended_by" text,
	"version" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"closing_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"claimed_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_tasks_command" UNIQUE("execution_id","command_id")
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"tenant_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"position" integer NOT NULL,
	"description" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_cents" bigint NOT NULL,
	CONSTRAINT "invoice_lines_invoice_id_position_pk" PRIMARY KEY("invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"id" text PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"number" integer NOT NULL,
	"customer" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"currency" text DEFAULT 'EUR' NOT NULL,
	"note" text,
	"status" text NOT NULL,
	"decision_comment" text,
	"decided_by" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invoices_number" UNIQUE("tenant_id","number")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_roles" (
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "user_roles_user_id_role_pk" PRIMARY KEY("user_id","role")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"user_id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"tenant_id" text,
	"password_hash" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
ALTER TABLE "workflow_event_attachments" ADD CONSTRAINT "workflow_event_attachments_workflow_id_workflow_registrations_registration_id_fk" FOREIGN KEY ("workflow_id") REFERENCES "public"."workflow_registrations"("registration_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_registration_versions" ADD CONSTRAINT "workflow_registration_versions_registration_id_workflow_registrations_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."workflow_registrations"("registration_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_worker_leases" ADD CONSTRAINT "workflow_worker_leases_worker_id_workflow_workers_worker_id_fk" FOREIGN KEY ("worker_id") REFERENCES "public"."workflow_workers"("worker_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD CONSTRAINT "workflow_tasks_tenant_task_definition_id_workflow_task_definitions_task_definition_id_fk" FOREIGN KEY ("tenant_task_definition_id") REFERENCES "public"."workflow_task_definitions"("task_definition_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_tasks" ADD CONSTRAINT "workflow_tasks_system_definition_fk" FOREIGN KEY ("system_task_definition_task_type") REFERENCES "public"."system_workflow_task_definitions"("task_type") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_roles" ADD CONSTRAINT "user_roles_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_id_tenants_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_bus_events_idempotency" ON "workflow_bus_events" USING btree ("tenant_id","idempotency_key") WHERE "workflow_bus_events"."idempotency_key" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_bus_events_recent" ON "workflow_bus_events" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_events_log" ON "workflow_events" USING btree ("execution_id","seq","partition_id") WHERE "workflow_events"."seq" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_events_inbox" ON "workflow_events" USING btree ("partition_id","execution_id","row_id") WHERE "workflow_events"."seq" IS NULL AND "workflow_events"."disposition" IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_events_bus_once" ON "workflow_events" USING btree ("execution_id","bus_event_id","partition_id") WHERE "workflow_events"."bus_event_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_executions_recent" ON "workflow_executions" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "workflow_executions_by_event" ON "workflow_executions" USING btree ("started_by_event_id") WHERE "workflow_executions"."started_by_event_id" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_executions_key" ON "workflow_executions" USING btree ("tenant_id","workflow_name","workflow_key","partition_id") WHERE "workflow_executions"."workflow_key" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "workflow_executions_runnable" ON "workflow_executions" USING btree ("partition_id","status") WHERE "workflow_executions"."status" IN ('pending', 'running', 'blocked_on_code');--> statement-breakpoint
CREATE INDEX "workflow_timers_due" ON "workflow_timers" USING btree ("partition_id","fire_at");--> statement-breakpoint
CREATE INDEX "workflow_task_activity_task" ON "workflow_task_activity" USING btree ("task_id","at");--> statement-breakpoint
CREATE INDEX "workflow_tasks_open" ON "workflow_tasks" USING btree ("tenant_id","created_at") WHERE "workflow_tasks"."status" IN ('pending', 'claimed');--> statement-breakpoint
CREATE INDEX "workflow_tasks_recent" ON "workflow_tasks" USING btree ("tenant_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "invoices_recent" ON "invoices" USING btree ("tenant_id","created_at" DESC NULLS LAST);