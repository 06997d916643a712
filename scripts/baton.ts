/**
 * Checks code against histories:
 *   npm run -s baton -- verify                     executions under way, against the workflows of this working tree
 *   npm run -s baton -- replay history.json ...    one exported history, entry by entry
 *   npm run -s baton -- record-golden              histories that every later release must replay
 *   npm run -s baton -- current                    the versions of each workflow, and which one new executions begin with
 *   npm run -s baton -- current <name> <version>   lets new executions begin with another version: the way back
 * Ends with 1 where a history does not fit or is none, or no worker has published that version; with 2 where nothing
 * could be checked: wrong words, or no database.
 */
import path from 'node:path';
import postgres from 'postgres';
import { createActionRegistry } from '../lib/workflow/core/actionRegistry';
import { WorkflowRegistry } from '../lib/workflow/core/workflowRegistry';
import { WorkflowNotFoundError } from '../lib/workflow/model/errors';
import { recordGolden } from '../lib/workflow/testing/golden/record';
import { registerAll } from '../workflows';
import { HistoryFileError, readHistory } from '../lib/workflow/testing/histories/historyFile';
import { differenceOf } from '../lib/workflow/testing/histories/replayHistory';
import { currentVersions } from './baton/current';
import { brokenText, verifyRunning } from './baton/verify';
import { isUnreachable } from './baton/unreachable';
import { findDatabaseUrl, NothingRunsError } from './lib/runningDatabase';

const usage =
  'Usage: npm run -s baton -- verify | replay <history.json> ... | record-golden | current [<name> <version>]';

function fail(message: string, code = 2): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

function workflowsHere(): WorkflowRegistry {
  const workflows = new WorkflowRegistry();
  registerAll({ workflows, actions: createActionRegistry() });
  return workflows;
}

async function withDatabase<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const url = findDatabaseUrl({
    databaseUrl: process.env.DATABASE_URL,
    dataDir: path.resolve(process.env.DATA_DIR ?? '.data'),
  });
  const sql = postgres(url, { max: 3, connect_timeout: 5, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function current(words: readonly string[]): Promise<number> {
  const [name, version, ...more] = words;
  if (more.length > 0 || (name !== undefined && version === undefined)) fail(usage);
  return withDatabase(async (sql) => {
    for (const line of await currentVersions(sql, name, version)) console.log(line);
    return 0;
  });
}

async function verify(): Promise<number> {
  return withDatabase(async (sql) => {
    const workflows = workflowsHere();
    const { executions, replayed, broken } = await verifyRunning({ sql, definition: (...of) => workflows.find(...of) });
    for (const each of broken) console.log(`${brokenText(each)}\n`);
    const blocked = broken.reduce((all, each) => all + each.executions, 0);
    const judged =
      replayed === executions ? 'All were replayed.' : `${replayed} were replayed, those that differ most.`;
    console.log(
      blocked > 0
        ? `${blocked} of ${executions} executions under way would be blocked on this code. ${judged}`
        : `None of ${executions} executions under way was found that this code would block. ${judged}`,
    );
    console.log(JSON.stringify({ executions, replayed, broken: broken.length, blocked }));
    return broken.length === 0 ? 0 : 1;
  });
}

async function replayFiles(files: readonly string[]): Promise<number> {
  if (files.length === 0) fail(usage);
  const history = readHistory(files);
  const { workflow, version, executionId, entries } = history;
  const definition = workflowsHere().find(workflow, version);
  if (!definition) fail(`No workflow ${workflow} in version ${version} is registered in workflows/index.ts.`, 1);
  console.log(`${workflow}@${version} ${executionId}, ${entries.length} entries`);
  const difference = await differenceOf(definition, history, ({ entry, commands, state, data }) => {
    console.log(`${String(entry.seq).padStart(5)}  ${new Date(entry.at).toISOString()}  ${entry.kind}`);
    for (const command of commands) console.log(`         > ${command}`);
    if (commands.length > 0) console.log(`         state ${JSON.stringify(state)} data ${JSON.stringify(data)}`);
  });
  console.log(difference === null ? 'The code does what this history says.' : `Differs: ${difference.message}`);
  return difference === null ? 0 : 1;
}

const [command, ...rest] = process.argv.slice(2);
try {
  switch (command) {
    case 'verify':
      process.exit(await verify());
      break;
    case 'replay':
      process.exit(await replayFiles(rest));
      break;
    case 'record-golden':
      for (const file of await recordGolden()) console.log(`Recorded ${file}`);
      process.exit(0);
      break;
    case 'current':
      process.exit(await current(rest));
      break;
    default:
      fail(usage);
  }
} catch (error) {
  if (error instanceof NothingRunsError) fail(error.message);
  if (error instanceof WorkflowNotFoundError || error instanceof HistoryFileError) fail(error.message, 1);
  if (isUnreachable(error))
    fail(`The database cannot be reached: ${error.code}. Is it running, and the address right?`);
  throw error;
}
