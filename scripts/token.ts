// Mints a bearer token for the API and prints it alone: npm run -s token -- --user omar@acme.test [--days 90]
import path from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { mintToken } from '../lib/auth/apiTokens';
import { findDatabaseUrl, NothingRunsError } from './lib/runningDatabase';

const USAGE = 'Usage: npm run -s token -- --user <e-mail address> [--days <1 to 3650, 90 when left out>]';

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readArguments(): { readonly email: string; readonly daysValid: number } {
  try {
    const { values } = parseArgs({ options: { user: { type: 'string' }, days: { type: 'string', default: '90' } } });
    const daysValid = Number(values.days);
    if (values.user === undefined || !Number.isInteger(daysValid) || daysValid < 1 || daysValid > 3650) fail(USAGE);
    return { email: values.user, daysValid };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

async function mint({
  url,
  email,
  daysValid,
}: {
  readonly url: string;
  readonly email: string;
  readonly daysValid: number;
}) {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    return await mintToken({ sql, email, daysValid });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const { email, daysValid } = readArguments();
try {
  const url = findDatabaseUrl({
    databaseUrl: process.env.DATABASE_URL,
    dataDir: path.resolve(process.env.DATA_DIR ?? '.data'),
  });
  const minted = await mint({ url, email, daysValid });
  if (minted === null) fail(`Nobody has the address ${email}. Check the spelling.`);
  process.stdout.write(`${minted.token}\n`);
} catch (error) {
  if (error instanceof NothingRunsError) fail(error.message);
  fail(
    `The database does not answer as it should: ${error instanceof Error ? error.message || error.name : String(error)}`,
  );
}
