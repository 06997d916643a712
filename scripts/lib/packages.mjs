// Installs the packages of package-lock.json when they are not there yet, or are those of another lock.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runToEnd } from './children.mjs';
import { UserError } from './userError.mjs';

/** @returns {Promise<string>} what was done, in a word or two. */
export async function ensurePackages({ projectRoot }) {
  const modules = path.join(projectRoot, 'node_modules');
  const lockFile = path.join(projectRoot, 'package-lock.json');
  const stampFile = path.join(modules, '.baton-lock');
  const wanted = `${createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex')} ${process.platform}-${process.arch}\n`;
  if (readIfThere(stampFile) === wanted) return 'up to date';
  if (!installedByHand({ modules, lockFile, stampFile })) await runNpmCi({ projectRoot });
  fs.writeFileSync(stampFile, wanted);
  return 'installed';
}

// npm writes this file last, so a newer one means that somebody ran npm after the lock changed.
function installedByHand({ modules, lockFile, stampFile }) {
  const written = modifiedAt(path.join(modules, '.package-lock.json'));
  return written !== undefined && written >= modifiedAt(lockFile) && modifiedAt(stampFile) === undefined;
}

function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

async function runNpmCi({ projectRoot }) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  // NODE_ENV=production would leave out what the build needs.
  const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await runToEnd({ command, args, cwd: projectRoot });
  if (code === 127) throw new UserError('npm was not found; it comes with Node.');
  if (code !== 0) throw new UserError(`"npm ci" failed:\n${output.trim().slice(-4_000)}`);
}
