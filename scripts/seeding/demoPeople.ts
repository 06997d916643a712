// The people of the demo.
import type postgres from 'postgres';
import { hashPassword } from '../../lib/auth/password';

interface DemoPerson {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly tenant: string | null;
  readonly roles: readonly string[];
}

const PASSWORD = 'demo';

const tenants = [
  { tenantId: 'acme', name: 'Acme' },
  { tenantId: 'globex', name: 'Globex' },
] as const;

const people: readonly DemoPerson[] = [
  { userId: 'alice', email: 'alice@acme.test', name: 'Alice Chen', tenant: 'acme', roles: ['requester'] },
  { userId: 'mia', email: 'mia@acme.test', name: 'Mia Rossi', tenant: 'acme', roles: ['manager'] },
  { userId: 'omar', email: 'omar@acme.test', name: 'Omar Haddad', tenant: 'acme', roles: ['administrator'] },
  { userId: 'gus', email: 'gus@globex.test', name: 'Gus Weber', tenant: 'globex', roles: ['manager', 'administrator'] },
  { userId: 'pat', email: 'pat@baton.test', name: 'Pat Kowalski', tenant: null, roles: ['platform_operator'] },
];

/** Adds the demo's tenants and people. Those who exist already stay as they are: their password and roles too. */
export async function seedDemoPeople({ sql }: { readonly sql: postgres.Sql }): Promise<void> {
  for (const { tenantId, name } of tenants) {
    await sql`INSERT INTO tenants (tenant_id, name) VALUES (${tenantId}, ${name}) ON CONFLICT (tenant_id) DO NOTHING`;
  }
  for (const person of people) await addPerson({ sql, person });
}

async function addPerson({ sql, person }: { readonly sql: postgres.Sql; readonly person: DemoPerson }): Promise<void> {
  const known = await sql`SELECT 1 FROM users WHERE user_id = ${person.userId}`;
  if (known.length > 0) return;
  const passwordHash = await hashPassword(PASSWORD);
  await sql`
    WITH person AS (
      INSERT INTO users (user_id, email, name, tenant_id, password_hash)
      VALUES (${person.userId}, ${person.email}, ${person.name}, ${person.tenant}, ${passwordHash})
      RETURNING user_id
    )
    INSERT INTO user_roles (user_id, role)
    SELECT user_id, role FROM person, unnest(${[...person.roles]}::text[]) AS role`;
}
