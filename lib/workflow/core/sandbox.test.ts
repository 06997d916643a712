import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** A process of its own: the test runner has handlers of its own for rejections. */
function runAlone(body: string) {
  const script = `
    import { processSandbox } from './lib/workflow/core/sandbox.ts';
    const scope = { nowMs: () => 1, random: () => 0.5, withdraw: () => undefined };
    const inWorkflow = (code) => processSandbox().run(scope, code);
    const later = () => new Promise((resolve) => setTimeout(resolve, 50));
    ${body}`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout: stdout.trim() };
}

describe('a promise that is rejected before anybody awaits it', { timeout: 30_000 }, () => {
  it('does not end the process when it is of workflow code, which may await it later', () => {
    const ended = runAlone(`
      const pause = later();
      await inWorkflow(async () => {
        const early = (async () => { throw new Error('early'); })();
        await pause;
        await early.catch((error) => console.log('caught ' + error.message));
      });`);
    expect(ended).toEqual({ status: 0, stdout: 'caught early' });
  });

  it('ends the process everywhere else', () => {
    const ended = runAlone(`
      processSandbox();
      void Promise.reject(new Error('lost'));
      await later();
      console.log('went on');`);
    expect(ended).toEqual({ status: 1, stdout: '' });
  });
});
