// What a deploy of this code would break: the histories of executions under way, replayed against it.
import type postgres from 'postgres';
import type { WorkflowDefinition } from '../../lib/workflow/model/workflow';
import type { LoadedExecution } from '../../lib/workflow/model/ports/store';
import { isEnded } from '../../lib/workflow/model/status';
import { createPostgresStore } from '../../lib/workflow/persistence/executions/postgresStore';
import { type Difference, differenceOf } from '../../lib/workflow/testing/histories/replayHistory';

/** An execution under way. */
interface UnderWay {
  readonly workflow: string;
  readonly version: string;
  readonly executionId: string;
  readonly partitionId: number;
}

/** Executions that the code would block at the same place. */
export interface Broken {
  readonly workflow: string;
  readonly version: string;
  readonly executions: number;
  /** One of them. */
  readonly executionId: string;
  /** null: the code of this workflow and version is not there. */
  readonly difference: Difference | null;
}

export interface Verified {
  /** How many are under way. */
  readonly executions: number;
  /** How many of them were judged: all, unless there are more than `most`. */
  readonly replayed: number;
  readonly broken: readonly Broken[];
}

const batch = 50;
const usualMost = 5000;

/**
 * Replays executions under way. Code may branch on anything that it was given, so each is replayed; only where there
 * are more than `most`, those whose logs hold the same data (but for ids and times) stand for each other as far as
 * needed, and no kind of way is left out for another one's sake.
 */
export async function verifyRunning({
  sql,
  definition,
  most = usualMost,
}: {
  readonly sql: postgres.Sql;
  readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
  readonly most?: number;
}): Promise<Verified> {
  const { executions, chosen } = await choose(sql, most);
  const store = createPostgresStore({ sql });
  const broken = new Map<string, Broken>();
  for (let at = 0; at < chosen.length; at += batch) {
    const some = chosen.slice(at, at + batch);
    const loaded = new Map((await store.load({ executions: some })).map((each) => [each.executionId, each]));
    for (const { workflow, version, executionId } of some) {
      const difference = await judge(definition(workflow, version), loaded.get(executionId));
      if (difference === undefined) continue;
      const place = JSON.stringify([workflow, version, difference]);
      const alike = broken.get(place)?.executions ?? 0;
      broken.set(place, { executionId, ...broken.get(place), workflow, version, difference, executions: alike + 1 });
    }
  }
  const byCount = [...broken.values()].sort((a, b) => b.executions - a.executions);
  return { executions, replayed: chosen.length, broken: byCount };
}

/** undefined: it can go on. One that ended or grew meanwhile is judged by what it is now; one that is gone is fine. */
async function judge(
  code: WorkflowDefinition | undefined,
  execution: LoadedExecution | undefined,
): Promise<Difference | null | undefined> {
  if (!code) return null;
  if (!execution) return undefined;
  const underWay = isEnded(execution.status) ? [] : execution.underWay;
  return (await differenceOf(code, { ...execution, entries: execution.history, underWay })) ?? undefined;
}

async function choose(
  sql: postgres.Sql,
  most: number,
): Promise<{ readonly executions: number; readonly chosen: readonly UnderWay[] }> {
  const all = await sql<UnderWay[]>`
    SELECT workflow_name AS workflow, workflow_version AS version, execution_id AS "executionId",
           partition_id AS "partitionId"
    FROM workflow_executions WHERE status IN ${sql(underWay)} ORDER BY execution_id LIMIT ${most + 1}`;
  if (all.length <= most) return { executions: all.length, chosen: all };
  const [count] = await sql<{ executions: number }[]>`
    SELECT count(*)::int AS executions FROM workflow_executions WHERE status IN ${sql(underWay)}`;
  return { executions: count?.executions ?? all.length, chosen: await chooseUnlike(sql, most) };
}

const underWay = ['pending', 'running', 'waiting', 'paused', 'blocked_on_code'];

/** First one of each way and data, in turns of the ways; then their seconds. */
async function chooseUnlike(sql: postgres.Sql, most: number): Promise<readonly UnderWay[]> {
  const id = '[0-9a-f]{8}-[0-9a-f-]{27}';
  const idOrTime = `${id}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`;
  return sql<UnderWay[]>`
    WITH under_way AS (
      SELECT e.execution_id, e.partition_id, e.workflow_name, e.workflow_version, concat(log.way, calls.begun) AS way,
             log.data
      FROM workflow_executions e
      LEFT JOIN LATERAL (
        SELECT md5(string_agg(concat_ws(' ', v.kind, v.command_id, regexp_replace(v.name, ${id}, '*', 'g')),
                 E'\n' ORDER BY v.seq)) AS way,
               md5(string_agg(md5(regexp_replace(v.payload::text, ${idOrTime}, '*', 'g')), '' ORDER BY v.seq)) AS data
        FROM workflow_events v
        WHERE v.execution_id = e.execution_id AND v.partition_id = e.partition_id AND v.seq IS NOT NULL
      ) log ON true
      LEFT JOIN LATERAL (
        SELECT md5(string_agg(c.command_id, ' ' ORDER BY c.command_id)) AS begun FROM (
          SELECT r.command_id FROM workflow_action_results r
          WHERE r.execution_id = e.execution_id AND r.partition_id = e.partition_id
          UNION SELECT j.command_id FROM workflow_jobs j
          WHERE j.execution_id = e.execution_id AND j.partition_id = e.partition_id) c
      ) calls ON true
      WHERE e.status IN ${sql(underWay)}
    ), alike AS (
      SELECT *, row_number() OVER (PARTITION BY workflow_name, workflow_version, way, data ORDER BY execution_id) AS nth
      FROM under_way
    ), turns AS (
      SELECT *, row_number() OVER (PARTITION BY workflow_name, workflow_version, way, nth > 1
                                   ORDER BY nth, execution_id) AS turn
      FROM alike
    )
    SELECT workflow_name AS workflow, workflow_version AS version, execution_id AS "executionId",
           partition_id AS "partitionId"
    FROM turns ORDER BY nth > 1, turn, execution_id LIMIT ${most}`;
}

/** What is broken, in words. */
export function brokenText({ workflow, version, executions, executionId, difference }: Broken): string {
  const whose = `${workflow}@${version}, ${executions} execution${executions === 1 ? '' : 's'} such as ${executionId}`;
  if (difference === null) return `${whose}\n  its code is not here: register ${workflow} in version ${version}.`;
  const { seq, recorded, actual, message } = difference;
  const where = seq === null ? [] : [`  entry ${seq}: recorded ${recorded ?? 'nothing'}, now ${actual ?? 'nothing'}`];
  return [whose, ...where, `  ${message}`].join('\n');
}
