/**
 * What tells one deploy from another. An execution that is blocked on its code is tried again by other code only, so
 * everything that its code comes from has to count: the workflows, what they call, and the packages.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '@/lib/env';

const folders = ['lib', 'workflows'];
/** Names every package that code may call, with its content. */
const lock = 'package-lock.json';
const isSource = /\.[cm]?[jt]sx?$|\.json$/;
const isTest = /\.(test|spec)\.[cm]?[jt]sx?$/;

/**
 * A hash over the content of the sources below `root`, as 16 hexadecimal digits: the same wherever the files are the
 * same, whatever they are dated. Reads about a thousand files; call it once.
 * @throws EnvironmentError where a worker runs without its sources: nothing would tell its deploys apart.
 */
export function buildVersion({ root }: { readonly root: string }): string {
  const hash = createHash('sha256');
  const names = [lock, ...folders.flatMap((folder) => sourcesIn(root, folder))];
  try {
    for (const name of names)
      hash
        .update(`${name}\0`)
        .update(readFileSync(path.join(root, name)))
        .update('\0');
  } catch (cause) {
    throw missing(root, cause);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Relative to the root, with slashes on every system, in the order of their code units. */
function sourcesIn(root: string, folder: string): readonly string[] {
  try {
    const names = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && isSource.test(entry.name) && !isTest.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
    return names.sort();
  } catch (cause) {
    throw missing(root, cause);
  }
}

function missing(root: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    `BATON_CODE_VERSION must be set: ${folders.join(', ')} and ${lock} are not all in ${root}, and without them nothing tells one deploy from another.`,
    { cause },
  );
}
