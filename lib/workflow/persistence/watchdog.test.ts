import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

/** A process with a watchdog and no database, in which this happens once its loop has come round for the first time. */
async function endOf(happens: string) {
  const program = `
    import { startWatchdog } from ${JSON.stringify(new URL('./watchdog.ts', import.meta.url).href)};
    startWatchdog({
      databaseUrl: 'postgres://127.0.0.1:1/none', workerId: 'one', stallMs: 400, logger: { error: console.error } });
    setTimeout(() => { ${happens} }, 0);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const giveUp = setTimeout(() => child.kill('SIGTERM'), 30_000);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(giveUp);
  return { code, signal, said };
}

describe('the watchdog', { timeout: 60_000 }, () => {
  it('ends a process whose loop stands still before the thread that watches it has begun', async () => {
    const { signal, said } = await endOf('for (;;) {}');
    expect(said).toContain('The loop stood still for 400 ms');
    expect(signal).toBe('SIGKILL');
  });

  it('lets a process live whose loop comes round', async () => {
    const { code, signal, said } = await endOf('setTimeout(() => process.exit(7), 1_500);');
    expect({ code, signal }, said).toEqual({ code: 7, signal: null });
  });
});
