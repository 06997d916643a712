// Builds the web application, unless the build that is there was made from these very sources.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runNode } from './children.mjs';
import { UserError } from './userError.mjs';

const SOURCE_FOLDERS = ['app', 'components', 'lib', 'public', 'workflows', 'worker', 'scripts/seeding'];
const NOT_SOURCES = /\.(test|spec)\.[cm]?tsx?$|\.md$/;

/** Hash of everything the build and the seed are made from. */
export function hashSources({ projectRoot }) {
  const hash = createHash('sha256');
  for (const file of listSources(projectRoot)) {
    hash
      .update(`${path.relative(projectRoot, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function listSources(projectRoot) {
  // Of the top level only files: settings, the lock, proxy.ts.
  const top = fs
    .readdirSync(projectRoot, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(mjs|ts|json)$/.test(entry.name) && entry.name !== 'next-env.d.ts')
    .map((entry) => path.join(projectRoot, entry.name));
  const deep = SOURCE_FOLDERS.map((folder) => path.join(projectRoot, folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)))
    .filter((file) => fs.statSync(file).isFile());
  const seed = path.join(projectRoot, 'scripts', 'seed.ts');
  return [...top, ...deep, ...(fs.existsSync(seed) ? [seed] : [])].filter((file) => !NOT_SOURCES.test(file)).sort();
}

/**
 * @param {{ projectRoot: string, sourceHash: string, logFile: string }} options
 * @returns {Promise<string>} what was done, in a word or two.
 */
export async function ensureBuild({ projectRoot, sourceHash, logFile }) {
  // Inside the build's own directory: whoever removes or replaces the build removes the stamp.
  const stampFile = path.join(projectRoot, process.env.BATON_DIST_DIR ?? '.next', 'baton-sources');
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === sourceHash) return 'up to date';
  fs.rmSync(stampFile, { force: true });
  const { code, output } = await runNode({
    args: [path.join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'],
    cwd: projectRoot,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
    logFile,
  });
  if (code !== 0) throw new UserError(`The build failed (${logFile}):\n${output.trim().slice(-4_000)}`);
  fs.writeFileSync(stampFile, sourceHash);
  return 'built';
}
