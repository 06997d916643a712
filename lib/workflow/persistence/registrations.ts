/** Which workflows exist, in which versions, and which version new executions are pinned to. */
import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import { WorkflowNotFoundError } from '../model/errors';

export interface Registration {
  readonly registrationId: string;
  readonly name: string;
  readonly version: string;
}

/** A workflow as operators see it. */
export interface WorkflowVersions {
  readonly name: string;
  /** The one that new executions begin with. */
  readonly current: string;
  /** All that were ever published, lowest first. */
  readonly versions: readonly string[];
}

/**
 * Puts versions in order where text does not: runs of digits count as numbers, so that 9 is below 10 and 1.9 below 1.10.
 * @param column an expression of SQL; never a value.
 */
const orderOf = (column: string): string => `(
  SELECT string_agg(CASE WHEN part[1] ~ '^[0-9]' THEN lpad(ltrim(part[1], '0'), greatest(20, length(part[1])), '0') ELSE part[1] END,
                    '' ORDER BY place) COLLATE "C"
  FROM regexp_matches(${column}, '[0-9]+|[^0-9]+', 'g') WITH ORDINALITY AS parts(part, place))`;

/** A version that nobody has published before, and that is above the current one. */
const isAdvance = `(
  ${orderOf('excluded.current_version')} > ${orderOf('r.current_version')}
  AND NOT EXISTS (SELECT 1 FROM workflow_registration_versions seen
                  WHERE seen.registration_id = r.registration_id AND seen.version = excluded.current_version))`;

const publishSql = `
WITH given AS MATERIALIZED (
  SELECT name, version, description, id::uuid, ${orderOf('version')} AS rank
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS g(name, version, description, id)
), highest AS MATERIALIZED (
  SELECT DISTINCT ON (name) id, name, version, description FROM given ORDER BY name, rank DESC
), registration AS (
  INSERT INTO workflow_registrations AS r (registration_id, tenant_id, name, current_version, description)
  SELECT id, NULL, name, version, description FROM highest ORDER BY name
  ON CONFLICT (tenant_id, name) DO UPDATE
  SET current_version = CASE WHEN ${isAdvance} THEN excluded.current_version ELSE r.current_version END,
      description = CASE WHEN excluded.current_version = r.current_version OR ${isAdvance}
                         THEN coalesce(excluded.description, r.description) ELSE r.description END,
      updated_at = now()
  RETURNING registration_id, name
), versions AS (
  INSERT INTO workflow_registration_versions (registration_id, version)
  SELECT DISTINCT r.registration_id, g.version FROM registration r JOIN given g ON g.name = r.name
  ORDER BY 1, 2
  ON CONFLICT DO NOTHING
)
SELECT registration_id, name FROM registration`;

/**
 * Makes the system workflows of a process known, all at once. Of each name the highest version that was never published
 * before becomes the current one, if it is above the current one: a worker with older code that starts later changes
 * nothing, and neither does one with newer code after somebody went back. The id of a name never changes.
 */
export async function publishRegistrations(
  sql: Sql,
  definitions: readonly { readonly name: string; readonly version: string; readonly description?: string }[],
): Promise<readonly Registration[]> {
  if (definitions.length === 0) return [];
  const rows = await sql.unsafe<{ registration_id: string; name: string }[]>(publishSql, [
    definitions.map(({ name }) => name),
    definitions.map(({ version }) => version),
    definitions.map(({ description }) => description ?? null),
    definitions.map(() => newId()),
  ]);
  const ids = new Map(rows.map((row) => [row.name, row.registration_id]));
  return definitions.flatMap(({ name, version }) => {
    const registrationId = ids.get(name);
    return registrationId === undefined ? [] : [{ registrationId, name, version }];
  });
}

/**
 * Lets new executions begin with a version that was published before: the way back after a deploy, and forward again.
 * Executions under way stay on theirs. Holds until a version is published that nobody has published before.
 * @returns the version that was current until now.
 * @throws WorkflowNotFoundError when no worker has published that version.
 */
export async function makeVersionCurrent(
  sql: Sql,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<string> {
  const [changed] = await sql<{ was: string }[]>`
    WITH known AS MATERIALIZED (
      SELECT r.registration_id, r.current_version
      FROM workflow_registrations r JOIN workflow_registration_versions v USING (registration_id)
      WHERE r.tenant_id IS NULL AND r.name = ${name} AND v.version = ${version}
      FOR UPDATE OF r
    )
    UPDATE workflow_registrations r SET current_version = ${version}, updated_at = now()
    FROM known WHERE r.registration_id = known.registration_id
    RETURNING known.current_version AS was`;
  if (!changed) throw new WorkflowNotFoundError(`${name}@${version}`);
  return changed.was;
}

/** All system workflows that were ever published. */
export async function listWorkflowVersions(sql: Sql): Promise<readonly WorkflowVersions[]> {
  const rows = await sql.unsafe<{ name: string; current: string; versions: string[] }[]>(`
    SELECT r.name, r.current_version AS current, array_agg(v.version ORDER BY ${orderOf('v.version')}) AS versions
    FROM workflow_registrations r JOIN workflow_registration_versions v USING (registration_id)
    WHERE r.tenant_id IS NULL GROUP BY r.registration_id ORDER BY r.name`);
  return rows.map(({ name, current, versions }) => ({ name, current, versions }));
}
