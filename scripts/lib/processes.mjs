// What this project needs to know about operating-system processes: is one alive, is it still the one we
// recorded, and how to end it. Process ids are reused, so a recorded id alone is never enough to signal it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** True while a process with this id exists (a zombie that nobody has reaped yet does not count). */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return readState(pid) !== 'Z';
}

function readState(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** The parent's id, or undefined where it cannot be told. */
export function parentOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** The command line as one string with spaces, or '' where the process is gone or cannot be read. */
export function commandLineOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** True when the process lives and its command line holds every given piece of text. */
export function isRunning({ pid, commandLineHas }) {
  if (!isAlive(pid)) return false;
  const commandLine = commandLineOf(pid);
  return commandLineHas.every((text) => commandLine.includes(text));
}

/** Waits until the process is gone; false when `timeoutMs` pass first. */
export async function waitUntilGone({ pid, timeoutMs }) {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await delay(25);
  }
  return true;
}

/** Asks a process to end with `signal`, and kills it when it is still there after `timeoutMs`. */
export async function endProcess({ pid, signal = 'SIGTERM', timeoutMs = 5_000 }) {
  if (!isAlive(pid)) return;
  send(pid, signal);
  if (await waitUntilGone({ pid, timeoutMs })) return;
  send(pid, 'SIGKILL');
  await waitUntilGone({ pid, timeoutMs: 2_000 });
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
