CREATE INDEX "users_listed" ON "users" USING btree ("tenant_id",("deactivated_at" IS NOT NULL),"name","user_id");--> statement-breakpoint
CREATE OR REPLACE FUNCTION baton_queue_mails() RETURNS trigger
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
    -- Whoever was asked cannot answer any more: who asked is told.
    WHEN 'question_returned' THEN people := ARRAY[NEW.detail ->> 'by'];
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
    AND (NEW.kind IN ('info_requested', 'question_returned') OR NOT u.user_id = ANY(task.excluded_users))
    AND NOT EXISTS (SELECT FROM mail_preferences p WHERE p.user_id = u.user_id AND p.kind = m.kind AND NOT p.is_on)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER workflow_task_activity_queue_mails ON workflow_task_activity;--> statement-breakpoint
CREATE TRIGGER workflow_task_activity_queue_mails AFTER INSERT ON workflow_task_activity
FOR EACH ROW WHEN (NEW.kind IN ('created', 'reopened', 'assigned', 'delegated', 'forwarded', 'given_back', 'info_requested', 'question_returned', 'reminded', 'escalated'))
EXECUTE FUNCTION baton_queue_mails();
