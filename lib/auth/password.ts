/** Passwords as scrypt hashes. A hash carries its own cost, so that the cost can be raised without a migration. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** 2^15 rounds with blocks of 1 kB take some 32 MB and 60 ms a try. */
const COST = 32_768;
const BLOCK_SIZE = 8;
const KEY_BYTES = 32;
/** Costs beyond this in a stored hash are refused: the hash would be a way to stop the server. */
const MAX_COST = 1_048_576;

/** Hashes a password with a salt of its own: `scrypt$<cost>$<salt>$<key>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive({ password, salt, cost: COST });
  return ['scrypt', COST, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether a password belongs to a stored hash. Anything that is no hash of ours gives false. */
export async function verifyPassword({
  password,
  hash,
}: {
  readonly password: string;
  readonly hash: string;
}): Promise<boolean> {
  const [scheme, costText, saltText, keyText] = hash.split('$');
  if (scheme !== 'scrypt' || costText === undefined || saltText === undefined || keyText === undefined) return false;
  const cost = Number(costText);
  if (!Number.isInteger(cost) || cost < 2 || cost > MAX_COST || (cost & (cost - 1)) !== 0) return false;
  const stored = Buffer.from(keyText, 'base64url');
  if (stored.length !== KEY_BYTES) return false;
  return timingSafeEqual(stored, await derive({ password, salt: Buffer.from(saltText, 'base64url'), cost }));
}

function derive({
  password,
  salt,
  cost,
}: {
  readonly password: string;
  readonly salt: Buffer;
  readonly cost: number;
}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 256 * cost * BLOCK_SIZE };
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
