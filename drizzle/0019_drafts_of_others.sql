-- Whoever ends a task has no use for what they typed before; the others keep what they typed, to copy from.
CREATE OR REPLACE FUNCTION baton_drop_drafts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM workflow_task_drafts WHERE task_id = NEW.task_id AND user_id = NEW.ended_by;
  RETURN NULL;
END $$;
