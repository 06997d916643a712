// Finds the official JSON Schema test suite, and installs Debian's package of it where that is allowed.
import fs from 'node:fs';
import { installDebianPackage } from './debianPackages.mjs';

const FOLDER = '/usr/share/json-schema-test-suite';

/** Whether the suite is there now; without it the tests that read it are skipped. */
export async function ensureSchemaSuite() {
  return fs.existsSync(FOLDER) || ((await installDebianPackage('json-schema-test-suite')) && fs.existsSync(FOLDER));
}
