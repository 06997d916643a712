// The API as a script of the outside uses it: with a token from the command line.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dataDir } from './product';

const run = promisify(execFile);

/** Mints a token the way an operator does; the command prints the token alone. */
export async function mintToken(email: string): Promise<string> {
  const { DATABASE_URL: _database, ...env } = process.env;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'scripts/token.ts', '--user', email], {
    env: { ...env, DATA_DIR: dataDir },
  });
  return stdout.trimEnd();
}

/** The header that shows a token. */
export const bearing = (token: string) => ({ Authorization: `Bearer ${token}` });
