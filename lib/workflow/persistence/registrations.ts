/** Which workflows exist, and which version new executions are pinned to. */
import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';

export interface Registration {
  readonly registrationId: string;
  readonly name: string;
  readonly version: string;
}

/** Makes system registrations known, and their versions the current ones. The id of a name never changes. */
export async function publishRegistrations(
  sql: Sql,
  definitions: readonly { readonly name: string; readonly version: string; readonly description?: string }[],
): Promise<readonly Registration[]> {
  const published: Registration[] = [];
  for (const { name, version, description } of definitions) {
    const [row] = await sql<{ registration_id: string }[]>`
      WITH registration AS (
        INSERT INTO workflow_registrations (registration_id, tenant_id, name, current_version, description)
        VALUES (${newId()}, NULL, ${name}, ${version}, ${description ?? null})
        ON CONFLICT (tenant_id, name) DO UPDATE
        SET current_version = excluded.current_version,
            description = coalesce(excluded.description, workflow_registrations.description),
            updated_at = now()
        RETURNING registration_id
      ), versions AS (
        INSERT INTO workflow_registration_versions (registration_id, version)
        SELECT registration_id, ${version} FROM registration
        ON CONFLICT DO NOTHING
      )
      SELECT registration_id FROM registration`;
    if (row) published.push({ registrationId: row.registration_id, name, version });
  }
  return published;
}
