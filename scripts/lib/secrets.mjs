import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** The secret that sessions and tokens are signed with: the given one, else one made once and kept in the data directory. */
export function authSecret({ given, dataDir }) {
  if (given !== undefined && given !== '') return given;
  const file = path.join(dataDir, 'auth-secret');
  if (!fs.existsSync(file)) fs.writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  return fs.readFileSync(file, 'utf8').trim();
}
