// `node scripts/complete-lock.mjs` completes package-lock.json (see scripts/lib/lockFile.mjs); with `--check` it only
// tells what is missing and fails for it. Run it after every change of a dependency.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { completeLock, findDownloadAddresses, findMissingOptional } from './lib/lockFile.mjs';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
const missing = findMissingOptional(lock);
const addresses = findDownloadAddresses(lock);

if (!process.argv.includes('--check')) {
  fs.writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(`${missing.length} entries added, ${addresses.length} download addresses removed.`);
} else if (missing.length + addresses.length > 0) {
  for (const { name, version } of missing) console.error(`missing from the lock: ${name}@${version}`);
  for (const at of addresses) console.error(`has a download address: ${at}`);
  console.error('Run: node scripts/complete-lock.mjs');
  process.exitCode = 1;
}
