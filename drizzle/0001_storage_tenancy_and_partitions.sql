-- Rows that change in place keep room for their next version on the same page.
ALTER TABLE workflow_executions SET (fillfactor = 60);--> statement-breakpoint
ALTER TABLE workflow_worker_leases SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE workflow_tasks SET (fillfactor = 70);--> statement-breakpoint
-- Inbox rows and timers come and go: vacuum early, so that their partial indexes stay small.
ALTER TABLE workflow_events SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05);--> statement-breakpoint
ALTER TABLE workflow_timers SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint
ALTER TABLE workflow_waits SET (autovacuum_vacuum_scale_factor = 0.02);--> statement-breakpoint

-- Executions hash onto these; their number is fixed for the life of the database.
INSERT INTO workflow_partitions (partition_id) SELECT generate_series(0, 63) ON CONFLICT DO NOTHING;--> statement-breakpoint

-- Moves whenever something a page may show was committed. Pages poll it where there is no Redis.
CREATE SEQUENCE IF NOT EXISTS workflow_change_counter;--> statement-breakpoint

-- Statements of database actions run as this role: they see and change rows of their own tenant only.
DO $$ BEGIN
  CREATE ROLE baton_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;--> statement-breakpoint
DO $$ BEGIN
  EXECUTE format('GRANT baton_tenant TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
  IF NOT pg_has_role(current_user, 'baton_tenant', 'MEMBER') THEN RAISE; END IF;
END $$;--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO baton_tenant;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices, invoice_lines TO baton_tenant;--> statement-breakpoint
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE invoice_lines ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY invoices_of_tenant ON invoices TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true))
  WITH CHECK (tenant_id = current_setting('baton.tenant', true));--> statement-breakpoint
CREATE POLICY invoice_lines_of_tenant ON invoice_lines TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true))
  WITH CHECK (tenant_id = current_setting('baton.tenant', true));
