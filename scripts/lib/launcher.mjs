// Learns whether the program that launched us (npm, in most cases) is gone. A killed npm takes nothing down by itself:
// the starter would live on, unseen, and keep the port.
import { commandLineOf, isAlive, parentOf } from './processes.mjs';

const LOOK_EVERY_MS = 300;

/** Calls `onGone` once when the npm that runs us ends before us. Without npm there is nothing to watch. */
export function watchLauncher({ onGone }) {
  const npm = findNpm();
  if (npm === undefined) return;
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

// npm runs scripts through a shell, which may or may not have replaced itself with us.
function findNpm() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const isNpm = (pid) => /^npm\b|npm-cli|\/npm\b/.test(commandLineOf(pid));
  return [parent, parentOf(parent)].find((pid) => pid !== undefined && pid > 1 && isNpm(pid));
}
