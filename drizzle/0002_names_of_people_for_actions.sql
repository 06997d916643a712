-- Database actions may write who is meant: of the people of their own tenant they see ids and names.
GRANT SELECT (user_id, name, tenant_id) ON users TO baton_tenant;--> statement-breakpoint
ALTER TABLE users ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY users_of_tenant ON users FOR SELECT TO baton_tenant
  USING (tenant_id = current_setting('baton.tenant', true));
