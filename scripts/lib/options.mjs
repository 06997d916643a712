// What `npm start` was asked to do: arguments and environment, read once and checked before anything slow happens.
import path from 'node:path';
import { UserError } from './userError.mjs';

export const OLDEST_NODE = [20, 9];
const DEFAULT_PORT = 3_000;
const MOST_WORKERS = 64;

/** @throws UserError when the Node version is too old to run the product. */
export function requireNodeVersion(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new UserError(`Baton needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${version}.`);
}

/**
 * @param {{ argv: readonly string[], env: Record<string, string | undefined>, cwd: string }} given
 * @returns {{ dev: boolean, workers: number, port: number, dataDir: string, databaseUrl?: string, redisUrl?: string,
 *   redisOff: boolean, demo: boolean }} `demo` is false for a database of one's own without BATON_DEMO=1: production.
 * @throws UserError
 */
export function readOptions({ argv, env, cwd }) {
  const { dev, workers } = readArguments(argv);
  const databaseUrl = readUrl({ env, name: 'DATABASE_URL', protocols: ['postgres:', 'postgresql:'] });
  const redisUrl = readUrl({ env, name: 'REDIS_URL', protocols: ['redis:', 'rediss:'] });
  return {
    dev,
    workers,
    port: readPort(env.PORT),
    dataDir: path.resolve(cwd, present(env.DATA_DIR) ?? '.data'),
    databaseUrl,
    redisUrl,
    redisOff: env.BATON_REDIS === 'off',
    demo: databaseUrl === undefined || ['1', 'true'].includes(env.BATON_DEMO ?? ''),
  };
}

function readArguments(argv) {
  const result = { dev: false, workers: 1 };
  for (let index = 0; index < argv.length; index += 1) {
    const [name, inline] = argv[index].split('=');
    if (name === '--dev') {
      result.dev = true;
    } else if (name === '--workers') {
      result.workers = readCount(inline ?? argv[(index += 1)]);
    } else {
      throw new UserError(`Unknown argument "${argv[index]}"; known are --workers N and --dev.`);
    }
  }
  return result;
}

function readCount(text) {
  if (/^\d+$/.test(text ?? '') && Number(text) <= MOST_WORKERS) return Number(text);
  throw new UserError(`--workers takes a number from 0 to ${MOST_WORKERS}, not "${text ?? ''}".`);
}

function readPort(text) {
  if (present(text) === undefined) return DEFAULT_PORT;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new UserError(`PORT must be a number from 1 to 65535, not "${text}".`);
}

function readUrl({ env, name, protocols }) {
  const text = present(env[name]);
  if (text === undefined) return undefined;
  // The text itself is not repeated: it may hold a password.
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    throw new UserError(`${name} is not a ${protocols.at(-1)}//... address.`);
  }
  return text;
}

const present = (text) => (text === undefined || text.trim() === '' ? undefined : text);
