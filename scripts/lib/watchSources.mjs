// Calls back when code of the worker changes, once for changes that come together.
import fs from 'node:fs';
import path from 'node:path';

const FOLDERS = ['lib', 'worker', 'workflows'];
const SETTLE_MS = 300;

/** @returns {() => void} ends the watching. */
export function watchSources({ projectRoot, onChange }) {
  let timer;
  const changed = (_event, file) => {
    if (file === null || !/\.(ts|json)$/.test(file) || /\.test\.ts$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLE_MS);
  };
  const watchers = FOLDERS.map((folder) => fs.watch(path.join(projectRoot, folder), { recursive: true }, changed));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
