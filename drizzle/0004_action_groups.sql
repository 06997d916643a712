-- Groups of actions keep their graph by database actions, which run as the tenant's role.
GRANT SELECT, INSERT, UPDATE ON workflow_action_dependencies, workflow_sync_points TO baton_tenant;--> statement-breakpoint
ALTER TABLE workflow_action_dependencies ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE workflow_sync_points ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY workflow_action_dependencies_of_tenant ON workflow_action_dependencies TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true))
  WITH CHECK (tenant_id = current_setting('baton.tenant', true));--> statement-breakpoint
CREATE POLICY workflow_sync_points_of_tenant ON workflow_sync_points TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true))
  WITH CHECK (tenant_id = current_setting('baton.tenant', true));
