import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RecordedError } from '../../model/errors';
import type { ExecutionKey } from '../../model/ports/store';
import type { Current } from './storeContract';

const error: RecordedError = {
  name: 'WorkflowNotFoundError',
  message: 'no',
  code: 'workflow_not_found',
  details: null,
};
const long = 3_600_000;

export function describeDeferrals(current: Current): void {
  const defer = (keys: readonly ExecutionKey[], retryAfterMs = long, workerId = current().workerId) =>
    current().fixture.store.defer({ workerId, deferrals: keys.map((key) => ({ ...key, error, retryAfterMs })) });
  const find = async (partitionId: number, exceptDeferredBy?: string) => {
    const query = { partitions: [partitionId], limit: 100, horizonMs: 0 };
    const found = await current().fixture.store.findWork({ ...query, ...(exceptDeferredBy && { exceptDeferredBy }) });
    return found.executions.map(({ executionId }) => executionId).sort();
  };
  const deferredIn = async (partitionId: number) => {
    const deferred = await current().fixture.store.findDeferred({ partitions: [partitionId] });
    return deferred.map(({ executionId }) => executionId).sort();
  };
  const ids = (...keys: readonly ExecutionKey[]) => keys.map(({ executionId }) => executionId).sort();

  describe('deferral', () => {
    it('tells what is deferred in a partition, with the code that it needs and whether it has ended', async () => {
      const { fixture } = current();
      const [open, ended, other] = [
        await fixture.start({ partitionId: 50 }),
        await fixture.start({ partitionId: 50 }),
        await fixture.start({ partitionId: 51 }),
      ];
      await defer([open, ended, other, { executionId: randomUUID(), partitionId: 50 }]);
      await fixture.setStatus(ended, 'terminated');
      const found = await fixture.store.findDeferred({ partitions: [50] });
      const [one] = found;
      expect(new Set(found.map(({ executionId }) => executionId))).toEqual(new Set(ids(open, ended)));
      expect(one).toMatchObject({ partitionId: 50, workflowName: 'Contract', workflowVersion: '1' });
      expect(found.filter(({ isEnded }) => isEnded).map(({ executionId }) => executionId)).toEqual(ids(ended));
    });

    it('keeps what a worker deferred out of its own sweeps until it is time, and only if it asks for that', async () => {
      const { fixture, workerId } = current();
      const [deferred, due, fresh, addressed] = [
        await fixture.start({ partitionId: 52 }),
        await fixture.start({ partitionId: 52 }),
        await fixture.start({ partitionId: 52 }),
        await fixture.start({ partitionId: 52 }),
      ];
      await fixture.setStatus(addressed, 'waiting');
      await fixture.send(addressed, 'A');
      await defer([deferred, addressed]);
      await defer([due], -1);
      expect(await find(52, workerId)).toEqual(ids(due, fresh));
      expect(await find(52)).toEqual(ids(deferred, due, fresh, addressed));
      expect(await find(52, await fixture.addWorker())).toEqual(ids(deferred, due, fresh, addressed));
    });

    it('is over once it is resolved, and may begin again', async () => {
      const { fixture, workerId } = current();
      const [known, other] = [await fixture.start({ partitionId: 53 }), await fixture.start({ partitionId: 53 })];
      await defer([known, other]);
      await fixture.store.resolveDeferrals({ workerId, executions: [known] });
      expect(await deferredIn(53)).toEqual(ids(other));
      expect(await find(53, workerId)).toEqual(ids(known));
      await defer([known]);
      expect(await deferredIn(53)).toEqual(ids(known, other));
    });

    it('is neither written nor resolved by a fenced worker', async () => {
      const { fixture } = current();
      const [deferred, other] = [await fixture.start({ partitionId: 54 }), await fixture.start({ partitionId: 54 })];
      await defer([deferred]);
      const fenced = await fixture.addWorker();
      await fixture.takeOver(fenced);
      await defer([other], long, fenced);
      await fixture.store.resolveDeferrals({ workerId: fenced, executions: [deferred] });
      expect(await deferredIn(54)).toEqual(ids(deferred));
    });
  });
}
