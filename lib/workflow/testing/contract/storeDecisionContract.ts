/** What a retry of a failed execution takes along, and what keeps it from going on. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ExecutionKey } from '../../model/ports/store';
import type { ChildEnd } from '../../model/relations';
import { startedBody } from './startedBody';
import type { Current } from './storeContract';
import { flushOf, takeOne } from './storeFixture';

export function describeDecisions(current: Current): void {
  const retry = async (key: ExecutionKey, headSeq = 1) => {
    const { fixture, workerId } = current();
    await fixture.decide(key, 'execution_retried');
    const items = [{ ...key, headSeq, atMs: await fixture.nowMs(), failuresUndone: [] }];
    const [taken] = await fixture.store.takeDecisions({ workerId, items });
    return taken?.entries ?? null;
  };

  const none = { childrenStarted: [], parentTold: null, childrenClosed: [], successor: null };

  /** A child that failed, as its parent has heard. */
  const failedChild = async (
    parent: ExecutionKey,
    parentHead: number,
    commandId: string,
    { isHeard = true } = {},
  ): Promise<ExecutionKey> => {
    const { fixture, workerId } = current();
    const child = { executionId: randomUUID(), partitionId: 9 };
    const link = { ...parent, commandId };
    const body = startedBody(child.executionId);
    const about = { workflow: body.workflow, version: null, workflowKey: null, started: { ...body, parent: link } };
    const childrenStarted = [{ ...child, ...about, commandId }];
    const flush = (key: ExecutionKey, head: number, changes: Parameters<typeof flushOf>[2]) =>
      fixture.store.flush({ workerId, executions: [flushOf(key, head, changes)] });
    await flush(parent, parentHead, { relations: { ...none, childrenStarted } });
    const error = { name: 'Error', message: 'broke', code: null, details: null };
    const failure = { status: 'failed' as const, result: null, error };
    const entry = { seq: 2, at: 0, kind: 'execution_failed' as const, body: { error, failedCommand: null } };
    const told = { commandId, childExecutionId: child.executionId, ...failure };
    const relations = { ...none, parentTold: { parent: link, end: told } };
    await flush(child, 1, { status: 'failed', end: failure, entries: [entry], relations });
    if (isHeard) await takeOne(current(), parent, parentHead);
    return child;
  };

  describe('the retry of a failed execution', () => {
    it('puts before itself how children ended that it knows as failed, and that were retried since', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const mended = await failedChild(parent, 1, 'startChild#1');
      await failedChild(parent, 2, 'startChild#2');
      const running = await failedChild(parent, 3, 'startChild#3');
      await fixture.setStatus(mended, 'completed');
      await fixture.setStatus(running, 'running');
      await fixture.setStatus(parent, 'failed');
      const entries = await retry(parent, 4);
      expect(entries?.map(({ seq, kind }) => [seq, kind])).toEqual([
        [5, 'child_ended'],
        [6, 'execution_retried'],
      ]);
      const { executionId: childExecutionId } = mended;
      expect(entries?.[0]?.body).toMatchObject({ commandId: 'startChild#1', childExecutionId, status: 'completed' });
      expect(await fixture.stored(parent)).toMatchObject({ status: 'running', headSeq: 6, seqs: [1, 2, 3, 4, 5, 6] });
      // The log knows it now.
      await fixture.setStatus(parent, 'failed');
      expect((await retry(parent, 6))?.map(({ kind }) => kind)).toEqual(['execution_retried']);
    });

    it('does so too where word of the failure lies in its inbox yet, which it takes afterwards', async () => {
      const { fixture } = current();
      const parent = await fixture.start();
      const mended = await failedChild(parent, 1, 'startChild#1', { isHeard: false });
      const failed = await failedChild(parent, 1, 'startChild#2', { isHeard: false });
      await fixture.setStatus(mended, 'completed');
      await fixture.setStatus(parent, 'failed');
      const ends = (entries: Awaited<ReturnType<typeof retry>>) =>
        entries?.map(({ seq, kind, body }) => {
          const { commandId = null, childExecutionId = null, status = null } = body as Partial<ChildEnd>;
          return { seq, kind, commandId, childExecutionId, status };
        });
      const { executionId: childExecutionId } = mended;
      const told = { kind: 'child_ended', commandId: 'startChild#1', childExecutionId };
      const retried = { kind: 'execution_retried', commandId: null, childExecutionId: null, status: null };
      expect(ends(await retry(parent, 1))).toEqual([
        { ...told, seq: 2, status: 'completed' },
        { ...retried, seq: 3 },
      ]);
      const failure = { ...told, status: 'failed' };
      expect(ends(await takeOne(current(), parent, 3))).toEqual([
        { ...failure, seq: 4 },
        { ...failure, seq: 5, commandId: 'startChild#2', childExecutionId: failed.executionId },
      ]);
    });

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
