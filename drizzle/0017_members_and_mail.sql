CREATE TABLE "mail_preferences" (
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"is_on" boolean NOT NULL,
	CONSTRAINT "mail_preferences_user_id_kind_pk" PRIMARY KEY("user_id","kind")
);
--> statement-breakpoint
CREATE TABLE "work_roles" (
	"tenant_id" text NOT NULL,
	"role" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "work_roles_tenant_id_role_pk" PRIMARY KEY("tenant_id","role"),
	CONSTRAINT "work_roles_name" UNIQUE("tenant_id","name")
);
--> statement-breakpoint
CREATE TABLE "mail_transport" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outgoing_mails" (
	"mail_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"tenant_id" text NOT NULL,
	"user_id" text NOT NULL,
	"task_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"activity_id" bigint NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "outgoing_mails_once" UNIQUE("activity_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deactivated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "session_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "changed_by" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "mail_preferences" ADD CONSTRAINT "mail_preferences_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_roles" ADD CONSTRAINT "work_roles_tenant_id_tenants_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "outgoing_mails_pending" ON "outgoing_mails" USING btree ("next_attempt_at") WHERE "outgoing_mails"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "outgoing_mails_ended" ON "outgoing_mails" USING btree ("ended_at") WHERE "outgoing_mails"."status" <> 'pending';--> statement-breakpoint
CREATE INDEX "users_tenant" ON "users" USING btree ("tenant_id","name");--> statement-breakpoint
ALTER TABLE "mail_transport" ADD CONSTRAINT "mail_transport_only" CHECK ("is_only");--> statement-breakpoint
-- Whoever is told of a line of a task's activity by mail: it is written with the line, whatever wrote that. Executions
-- without tasks have no such lines, and where no process can send mail this stops at its first query.
CREATE FUNCTION baton_queue_mails() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  task record;
  -- For people by name, and for those who hold a role.
  kind_of_people text := 'assignment';
  kind_of_roles text := 'offer';
  people text[] := '{}';
  roles text[] := '{}';
BEGIN
  IF NOT EXISTS (SELECT FROM mail_transport WHERE seen_at > now() - interval '7 days') THEN RETURN NULL; END IF;
  SELECT k.assignee, k.candidate_users, k.candidate_roles, k.excluded_users, k.fingerprint, k.created_at INTO task
  FROM workflow_tasks k WHERE k.task_id = NEW.task_id AND k.status IN ('pending', 'claimed');
  IF NOT FOUND THEN RETURN NULL; END IF;
  CASE NEW.kind
    WHEN 'assigned', 'delegated', 'forwarded', 'info_requested' THEN people := ARRAY[NEW.detail ->> 'to'];
    WHEN 'given_back' THEN people := ARRAY[task.assignee];
    ELSE
      -- Tasks with one fingerprint are one to people: the oldest speaks for all of them.
      IF task.fingerprint IS NOT NULL AND EXISTS (
        SELECT FROM workflow_tasks k
        WHERE k.tenant_id = NEW.tenant_id AND k.fingerprint = task.fingerprint AND k.status IN ('pending', 'claimed')
          AND (k.created_at, k.task_id) < (task.created_at, NEW.task_id)
      ) THEN RETURN NULL; END IF;
      IF NEW.kind = 'escalated' THEN
        kind_of_people := 'escalation';
        people := ARRAY(SELECT json_array_elements_text(NEW.detail -> 'users'));
        roles := ARRAY(SELECT json_array_elements_text(NEW.detail -> 'roles'));
      ELSE
        IF NEW.kind = 'reminded' THEN kind_of_people := 'reminder'; END IF;
        IF NEW.kind = 'reminded' AND task.assignee IS NOT NULL THEN
          people := ARRAY[task.assignee];
        ELSE
          people := task.candidate_users;
          roles := task.candidate_roles;
        END IF;
      END IF;
      IF NEW.kind IN ('escalated', 'reminded') THEN kind_of_roles := kind_of_people; END IF;
  END CASE;
  INSERT INTO outgoing_mails (tenant_id, user_id, task_id, kind, activity_id)
  SELECT NEW.tenant_id, u.user_id, NEW.task_id, m.kind, NEW.activity_id
  FROM users u
  CROSS JOIN LATERAL (SELECT CASE WHEN u.user_id = ANY(people) THEN kind_of_people ELSE kind_of_roles END AS kind) m
  WHERE u.user_id IN (
      SELECT unnest(people)
      UNION
      SELECT r.user_id FROM users h JOIN user_roles r ON r.user_id = h.user_id AND r.role = ANY(roles)
      WHERE h.tenant_id = NEW.tenant_id AND cardinality(roles) > 0
    )
    AND u.tenant_id = NEW.tenant_id AND u.deactivated_at IS NULL
    AND u.user_id IS DISTINCT FROM NEW.actor
    AND (NEW.kind = 'info_requested' OR NOT u.user_id = ANY(task.excluded_users))
    AND NOT EXISTS (SELECT FROM mail_preferences p WHERE p.user_id = u.user_id AND p.kind = m.kind AND NOT p.is_on)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER workflow_task_activity_queue_mails AFTER INSERT ON workflow_task_activity
FOR EACH ROW WHEN (NEW.kind IN ('created', 'reopened', 'assigned', 'delegated', 'forwarded', 'given_back', 'info_requested', 'reminded', 'escalated'))
EXECUTE FUNCTION baton_queue_mails();
