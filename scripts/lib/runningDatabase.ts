// Finds the database of the running product: the environment first, then what `npm start` wrote about itself.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Nothing runs where we looked. The message says what to do. */
export class NothingRunsError extends Error {
  override readonly name = 'NothingRunsError';
}

/**
 * @param dataDir the folder that holds `run.json` while the product runs.
 * @throws NothingRunsError when neither names a database.
 */
export function findDatabaseUrl({
  databaseUrl,
  dataDir,
}: {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
}): string {
  if (databaseUrl !== undefined && databaseUrl !== '') return databaseUrl;
  const found = readDatabaseUrl(path.join(dataDir, 'run.json'));
  if (found !== undefined) return found;
  throw new NothingRunsError(
    `Baton does not run on ${dataDir}. Start it with npm start, or set DATABASE_URL or DATA_DIR to where it runs.`,
  );
}

function readDatabaseUrl(file: string): string | undefined {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as { readonly databaseUrl?: unknown } | null;
    return typeof run?.databaseUrl === 'string' ? run.databaseUrl : undefined;
  } catch {
    // No file, or one that is being removed: nothing runs.
    return undefined;
  }
}
