// Completes package-lock.json. npm leaves an optional dependency out of the lock when the registry it was made with
// does not serve it (binaries for other systems); `npm ci` on another machine then refuses the lock. An entry with
// version and platform is enough: npm skips it where the platform differs and looks the package up where it fits.

const OS_NAMES = { win32: 'win32', windows: 'win32' };
for (const name of ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'android', 'sunos', 'aix', 'openharmony']) {
  OS_NAMES[name] = name;
}
const CPU_NAMES = { arm: 'arm', armv7: 'arm', wasm32: 'wasm32' };
for (const name of ['x64', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el']) CPU_NAMES[name] = name;
const LIBC_NAMES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };
// Packages for one system whose name does not say so.
const KNOWN_PLATFORMS = { fsevents: { os: ['darwin'] } };

/**
 * What is missing from a parsed lock.
 * @returns {{ name: string, version: string, requiredBy: string, at: string, entry: object }[]}
 * @throws when a missing package's platform cannot be told from its name.
 */
export function findMissingOptional(lock) {
  const missing = new Map();
  for (const [at, details] of Object.entries(lock.packages)) {
    for (const [name, spec] of Object.entries(details.optionalDependencies ?? {})) {
      if (resolve({ lock, from: at, name }) !== undefined) continue;
      const key = `node_modules/${name}`;
      const version = spec.replace(/^[\^~>=\s]+/, '');
      const place = missing.has(key) && missing.get(key).version !== version ? `${at}/${key}` : key;
      missing.set(place, { name, version, requiredBy: at, at: place, entry: entryFor({ name, version, details }) });
    }
  }
  return [...missing.values()];
}

/** Places of entries that carry a download address: the lock must work with any registry. */
export function findDownloadAddresses(lock) {
  return Object.keys(lock.packages).filter((at) => lock.packages[at].resolved !== undefined && !lock.packages[at].link);
}

/** The lock with the missing entries added and download addresses removed; the argument is left as it is. */
export function completeLock(lock) {
  const packages = structuredClone(lock.packages);
  for (const { at, entry } of findMissingOptional(lock)) packages[at] = entry;
  for (const at of findDownloadAddresses(lock)) delete packages[at].resolved;
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

// Node's own lookup: the dependent's node_modules, then those of the directories above it.
function resolve({ lock, from, name }) {
  for (let directory = from; ;) {
    const place = `${directory === '' ? '' : `${directory}/`}node_modules/${name}`;
    if (lock.packages[place] !== undefined) return place;
    if (directory === '') return undefined;
    const end = directory.lastIndexOf('/node_modules/');
    directory = end === -1 ? '' : directory.slice(0, end);
  }
}

function entryFor({ name, version, details }) {
  const { os, cpu, libc } = platformOf(name);
  return {
    version,
    ...(cpu && { cpu }),
    ...(details.dev && { dev: true }),
    ...(libc && { libc }),
    optional: true,
    ...(os && { os }),
  };
}

/** Platform of a binary package, told from the parts of its name. */
export function platformOf(name) {
  const known = KNOWN_PLATFORMS[name];
  if (known !== undefined) return known;
  const parts = name.split(/[-/]/);
  const os = unique(parts.map((part) => OS_NAMES[part] ?? (part === 'linuxmusl' ? 'linux' : undefined)));
  const cpu = unique(parts.map((part) => CPU_NAMES[part]));
  const libc = unique(parts.map((part) => LIBC_NAMES[part] ?? (part === 'linuxmusl' ? 'musl' : undefined)));
  if (os === undefined && cpu?.[0] !== 'wasm32') {
    throw new Error(`Which system ${name} is for cannot be told from its name; add it to KNOWN_PLATFORMS.`);
  }
  return { os, cpu, libc: os?.[0] === 'linux' ? libc : undefined };
}

function unique(values) {
  const found = [...new Set(values.filter((value) => value !== undefined))];
  return found.length === 0 ? undefined : found;
}
