/** The secret that session cookies are sealed with. */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE_NAME = 'auth-secret';

/**
 * The given secret, else the one in the data folder, made there (mode 0600) by whoever asks first. Several web servers
 * on different machines must be given the same `AUTH_SECRET`: each would make its own.
 */
export function resolveAuthSecret({
  given,
  dataDir,
}: {
  readonly given: string | undefined;
  readonly dataDir: string;
}): string {
  if (given !== undefined) return given;
  const file = path.join(/* turbopackIgnore: true */ dataDir, FILE_NAME);
  return readSecret(file) ?? makeSecret(file);
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Linking a finished file into place is atomic: of two processes one wins, and nobody reads half a secret. */
function makeSecret(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const secret = readSecret(file);
  if (secret === undefined) throw new Error(`${file} is empty: remove it and start again.`);
  return secret;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
