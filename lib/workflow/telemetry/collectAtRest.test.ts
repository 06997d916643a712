import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

/** How many collections were asked for in a process that makes garbage, and then does this. */
async function collectionsWhere(thenDoes: string): Promise<number> {
  const program = `
    import { constants, PerformanceObserver } from 'node:perf_hooks';
    import { collectAtRest } from ${JSON.stringify(new URL('./collectAtRest.ts', import.meta.url).href)};
    let asked = 0;
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) asked += 1;
    }).observe({ entryTypes: ['gc'] });
    collectAtRest();
    globalThis.held = Array.from({ length: 500_000 }, (_, n) => ({ n, text: [n, n, n, n, n, n, n, n] }));
    globalThis.held = null;
    const end = () => { process.stdout.write(String(asked)); process.exit(); };
    ${thenDoes}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return Number(said);
}

describe('memory of a process', { timeout: 60_000 }, () => {
  it('is given back in three steps once it is at rest, and left alone after that', async () => {
    const untilAsked = `
      const seen = setInterval(() => {
        if (asked === 0) return;
        clearInterval(seen);
        setTimeout(end, 18_000);
      }, 50);`;
    expect(await collectionsWhere(untilAsked)).toBe(3);
  });

  it('is not collected while there is work', async () => {
    const works = `
      const untilMs = performance.now() + 3_000;
      const work = () => {
        const restMs = performance.now() + 20;
        while (performance.now() < restMs);
        if (performance.now() < untilMs) setTimeout(work, 1);
        else end();
      };
      work();`;
    expect(await collectionsWhere(works)).toBe(0);
  });
});
