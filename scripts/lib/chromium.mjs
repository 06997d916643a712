// Finds a Chromium for the journeys, and installs Debian's where that is allowed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installDebianPackage } from './debianPackages.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of the browser, or undefined. CHROMIUM names one that is not on PATH. */
export function findChromium() {
  const given = process.env.CHROMIUM;
  if (given !== undefined && given !== '') return given;
  const directories = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => directories.map((directory) => path.join(directory, name)));
  return candidates.find((file) => fs.existsSync(file) && spawnSync(file, ['--version']).status === 0);
}

/** Like `findChromium`, and installs it with apt where that is allowed (root on Debian). */
export async function findOrInstallChromium() {
  return findChromium() ?? ((await installDebianPackage('chromium')) ? findChromium() : undefined);
}
