// What a deploy of this code would break: the histories of executions under way, replayed against it.
import type postgres from 'postgres';
import type { WorkflowDefinition } from '../../lib/workflow/model/workflow';
import { createPostgresStore } from '../../lib/workflow/persistence/executions/postgresStore';
import { type Difference, differenceOf } from '../../lib/workflow/testing/histories/replayHistory';

/** Executions that took the same way so far: one of them stands for all. */
interface Path {
  readonly workflow: string;
  readonly version: string;
  readonly executions: number;
  readonly executionId: string;
  readonly partitionId: number;
}

export interface BrokenPath extends Path {
  /** null: the code of this workflow and version is not there. */
  readonly difference: Difference | null;
}

export interface Verified {
  readonly executions: number;
  readonly paths: number;
  readonly broken: readonly BrokenPath[];
}

const batch = 50;

/**
 * Replays each distinct path of executions under way once. Paths are the same where workflow, version and the sequence
 * of kinds and names in the log are; ids within names do not count.
 */
export async function verifyRunning({
  sql,
  definition,
}: {
  readonly sql: postgres.Sql;
  readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
}): Promise<Verified> {
  const paths = await findPaths(sql);
  const store = createPostgresStore({ sql });
  const broken: BrokenPath[] = [];
  for (let at = 0; at < paths.length; at += batch) {
    const some = paths.slice(at, at + batch);
    const loaded = new Map((await store.load({ executions: some })).map((each) => [each.executionId, each]));
    for (const path of some) {
      const code = definition(path.workflow, path.version);
      if (!code) {
        broken.push({ ...path, difference: null });
        continue;
      }
      // One that ended or grew meanwhile is judged by what it is now; one that is gone breaks nothing.
      const execution = loaded.get(path.executionId);
      const difference = execution && (await differenceOf(code, { ...execution, entries: execution.history }));
      if (difference) broken.push({ ...path, difference });
    }
  }
  return { executions: paths.reduce((all, { executions }) => all + executions, 0), paths: paths.length, broken };
}

async function findPaths(sql: postgres.Sql): Promise<readonly Path[]> {
  return sql<Path[]>`
    WITH under_way AS (
      SELECT e.execution_id, e.partition_id, e.workflow_name, e.workflow_version, (
        SELECT md5(string_agg(concat_ws(' ', v.kind, v.command_id,
                 regexp_replace(v.name, '[0-9a-f]{8}-[0-9a-f-]{27}', '*', 'g')), E'\n' ORDER BY v.seq))
        FROM workflow_events v
        WHERE v.execution_id = e.execution_id AND v.partition_id = e.partition_id AND v.seq IS NOT NULL
      ) AS path
      FROM workflow_executions e
      WHERE e.status IN ('pending', 'running', 'waiting', 'paused', 'blocked_on_code')
    )
    SELECT workflow_name AS workflow, workflow_version AS version, count(*)::int AS executions,
           min(execution_id::text) AS "executionId",
           (array_agg(partition_id ORDER BY execution_id::text))[1]::int AS "partitionId"
    FROM under_way GROUP BY workflow_name, workflow_version, path
    ORDER BY executions DESC, workflow, version`;
}

/** A broken path in words. */
export function brokenText({ workflow, version, executions, executionId, difference }: BrokenPath): string {
  const whose = `${workflow}@${version}, ${executions} execution${executions === 1 ? '' : 's'} such as ${executionId}`;
  if (difference === null) return `${whose}\n  its code is not here: register ${workflow} in version ${version}.`;
  const { seq, recorded, actual, message } = difference;
  const where = seq === null ? [] : [`  entry ${seq}: recorded ${recorded ?? 'nothing'}, now ${actual ?? 'nothing'}`];
  return [whose, ...where, `  ${message}`].join('\n');
}
