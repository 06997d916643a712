/** What keeps a retry of a failed execution from going on. */
import { describe, expect, it } from 'vitest';
import type { ExecutionKey } from '../../model/ports/store';
import type { Current } from './storeContract';

export function describeDecisions(current: Current): void {
  const retry = async (key: ExecutionKey, headSeq = 1) => {
    const { fixture, workerId } = current();
    await fixture.decide(key, 'execution_retried');
    const items = [{ ...key, headSeq, atMs: await fixture.nowMs(), failuresUndone: [] }];
    const [taken] = await fixture.store.takeDecisions({ workerId, items });
    return taken?.entries ?? null;
  };

  describe('the retry of a failed execution', () => {
    it('is closed as too late while another execution holds the workflow key', async () => {
      const { fixture } = current();
      const failed = await fixture.start({ workflowKey: 'one' });
      await fixture.setStatus(failed, 'failed');
      const holder = await fixture.start({ workflowKey: 'one' });
      expect(await retry(failed)).toEqual([]);
      expect(await fixture.stored(failed)).toMatchObject({ status: 'failed', headSeq: 1, inbox: ['too_late'] });
      await fixture.setStatus(holder, 'completed');
      expect((await retry(failed))?.map(({ kind }) => kind)).toEqual(['execution_retried']);
    });
  });
}
