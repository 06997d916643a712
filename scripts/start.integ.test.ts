import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import net from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pickFreePort } from './lib/ports.mjs';
import { makeThrowawayDirectory } from './lib/throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '..');
const loopbackAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address }) => address)
  .filter((address) => address === '127.0.0.1' || address === '::1');
let directory: string;

beforeEach(() => {
  directory = makeThrowawayDirectory();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the starter to its end. */
function start(env: Record<string, string>, ...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
      cwd: projectRoot,
      env: { ...process.env, DATA_DIR: path.join(directory, 'data'), ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    child.once('close', (code) => resolve({ code, output: output.trim() }));
  });
}

describe('npm start refuses, in one sentence and before anything slow,', () => {
  it.each(loopbackAddresses)('a port that is taken on %s', async (host) => {
    const server = net.createServer().listen(0, host);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, output } = await start({ PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(output).toBe(`Port ${port} is taken by another program; choose another one: PORT=${port + 1} npm start`);
  });

  it('a database where nothing listens', async () => {
    const [port, free] = [await pickFreePort(), await pickFreePort()];
    const { code, output } = await start({ PORT: String(port), DATABASE_URL: `postgres://u:p@localhost:${free}/db` });
    expect({ code, output }).toEqual({
      code: 1,
      output: `Nothing answers at localhost:${free}, where DATABASE_URL points.`,
    });
  });

  it('an argument it does not know', async () => {
    const { code, output } = await start({}, '--wrokers', '3');
    expect({ code, output }).toEqual({
      code: 1,
      output: 'Unknown argument "--wrokers"; known are --workers N and --dev.',
    });
  });

  it('and leaves nothing behind', async () => {
    await start({ PORT: String(await pickFreePort()), REDIS_URL: `redis://localhost:${await pickFreePort()}` });
    expect(existsSync(path.join(directory, 'data', 'starter.json'))).toBe(false);
  });
});
