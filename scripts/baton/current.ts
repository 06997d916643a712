// Which version of each workflow new executions begin with; going back to an earlier one, or forward again.
import type postgres from 'postgres';
import { listWorkflowVersions, makeVersionCurrent } from '../../lib/workflow/persistence/registrations';

/**
 * Makes a version current, if one is named.
 * @returns lines for the operator.
 * @throws WorkflowNotFoundError when no worker has published that version.
 */
export async function currentVersions(sql: postgres.Sql, name?: string, version?: string): Promise<readonly string[]> {
  if (name !== undefined && version !== undefined) {
    const was = await makeVersionCurrent(sql, { name, version });
    return [`New executions of ${name} begin with version ${version}; until now with ${was}.`];
  }
  const workflows = await listWorkflowVersions(sql);
  return workflows.map(({ name: of, current, versions }) => {
    const others = versions.filter((each) => each !== current);
    return `${of}  ${current}${others.length > 0 ? `  (also ${others.join(', ')})` : ''}`;
  });
}
