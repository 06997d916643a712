import { describe, expect, it } from 'vitest';
import type { RecordedError } from '../../model/errors';
import { poisonCode } from '../../model/ports/failures';
import type { ExecutionKey } from '../../model/ports/store';
import type { Current } from './storeContract';
import { flushOf } from './storeFixture';

const maxStrikes = 3;
const refused: RecordedError = { name: 'PostgresError', message: 'refused', code: '22000', details: null };

export function describeFailures(current: Current): void {
  const store = () => current().fixture.store;
  const startIn = (partitionId: number) => current().fixture.start({ partitionId });
  const examine = async (partitionId: number, workerId = current().workerId) =>
    store().examine({ workerId, partitions: [partitionId], maxStrikes });
  /** A worker ends while it runs the execution. */
  const dieOf = async (...executions: ExecutionKey[]) => {
    const { fixture } = current();
    const workerId = await fixture.addWorker();
    await fixture.own(workerId, executions[0]?.partitionId ?? 0);
    await store().noteActivations({ workerId, executions });
    await fixture.takeOver(workerId);
  };

  describe('suspects', () => {
    it('has none where nothing was disturbed', async () => {
      await startIn(30);
      expect(await examine(30)).toEqual({ condemned: [], suspects: [], unclean: [] });
    });

    it('gives a strike to what alone a worker was running when it was taken over from', async () => {
      const struck = await startIn(31);
      await dieOf(struck);
      expect(await examine(31)).toEqual({
        condemned: [],
        suspects: [{ ...struck, strikes: 1, commandId: null, company: 1, ranMs: expect.any(Number) as number }],
        unclean: [31],
      });
      expect(await examine(32)).toEqual({ condemned: [], suspects: [], unclean: [] });
    });

    it('strikes none of several that a worker was running, and keeps how many they were and for how long', async () => {
      const { fixture, workerId } = current();
      const [one, other, third] = [await startIn(43), await startIn(43), await startIn(43)];
      await dieOf(one);
      await dieOf(one, other, third);
      const facts = async () => {
        const { suspects } = await examine(43);
        return new Map(suspects.map(({ executionId, strikes, company }) => [executionId, { strikes, company }]));
      };
      expect(await facts()).toEqual(
        new Map([
          [one.executionId, { strikes: 1, company: 1 }],
          [other.executionId, { strikes: 0, company: 3 }],
          [third.executionId, { strikes: 0, company: 3 }],
        ]),
      );
      await dieOf(other, third);
      expect((await facts()).get(other.executionId)).toEqual({ strikes: 0, company: 2 });
      // A worker that ends in order says nothing against anybody, and takes nothing back.
      const orderly = await fixture.addWorker();
      await store().noteActivations({ workerId: orderly, executions: [other] });
      await fixture.retire(orderly);
      expect((await facts()).get(other.executionId)).toEqual({ strikes: 0, company: 2 });
      await store().noteActivations({ workerId, executions: [one, other, third] });
      await store().clearActivations({ workerId, executions: [one, other, third] });
      expect((await facts()).size).toBe(0);
    });

    it('counts for how long it ran from when its worker first noted it', async () => {
      const { fixture } = current();
      const key = await startIn(44);
      const workerId = await fixture.addWorker();
      await fixture.own(workerId, 44);
      const beganMs = await fixture.nowMs();
      await store().noteActivations({ workerId, executions: [key] });
      await expect.poll(async () => (await fixture.nowMs()) - beganMs, { timeout: 20_000 }).toBeGreaterThan(50);
      await store().noteActivations({ workerId, executions: [key] });
      await fixture.takeOver(workerId);
      expect((await examine(44)).suspects[0]?.ranMs).toBeGreaterThan(20);
    });

    it('keeps which action of it did not yield, however often it runs again', async () => {
      const { fixture } = current();
      const key = await startIn(42);
      await fixture.blame(key, 'charge#1');
      await dieOf(key);
      expect((await examine(42)).suspects).toMatchObject([{ ...key, strikes: 2, commandId: 'charge#1' }]);
    });

    it('gives none to what a worker had run before it ended', async () => {
      const { fixture } = current();
      const key = await startIn(33);
      const workerId = await fixture.addWorker();
      await store().noteActivations({ workerId, executions: [key] });
      await store().clearActivations({ workerId, executions: [key] });
      await fixture.takeOver(workerId);
      expect((await examine(33)).suspects).toEqual([]);
    });

    it('gives none when the worker ends in order, and calls its partitions clean', async () => {
      const { fixture } = current();
      const key = await startIn(34);
      const workerId = await fixture.addWorker();
      await fixture.own(workerId, 34);
      await store().noteActivations({ workerId, executions: [key] });
      await fixture.retire(workerId);
      expect(await examine(34)).toEqual({ condemned: [], suspects: [], unclean: [] });
    });

    it('tells the next owner of what was handed over, and counts the end of the former for nothing', async () => {
      const { fixture } = current();
      const [known, fresh] = [await startIn(45), await startIn(45)];
      await dieOf(known);
      const workerId = await fixture.addWorker();
      await store().noteActivations({ workerId, executions: [known, fresh] });
      await store().handOverActivations({ workerId, executions: [known, fresh] });
      await fixture.takeOver(workerId);
      const { suspects } = await examine(45);
      const facts = suspects.map(({ executionId, strikes, company }) => [executionId, { strikes, company }] as const);
      expect(new Map(facts)).toEqual(
        new Map([
          [known.executionId, { strikes: 1, company: 1 }],
          [fresh.executionId, { strikes: 0, company: 0 }],
        ]),
      );
    });

    it('forgets the strikes of what ran in peace', async () => {
      const { workerId } = current();
      const key = await startIn(35);
      await dieOf(key);
      await store().noteActivations({ workerId, executions: [key] });
      await store().clearActivations({ workerId, executions: [key] });
      expect((await examine(35)).suspects).toEqual([]);
    });

    it('puts aside what has as many strikes as are allowed, once, and runs it no more', async () => {
      const { fixture } = current();
      const [poison, other] = [await startIn(36), await startIn(36)];
      for (let death = 1; death <= maxStrikes; death += 1) await dieOf(poison);
      await dieOf(other);
      expect(await examine(36)).toMatchObject({
        condemned: [{ ...poison, tenant: 'acme' }],
        suspects: [{ ...other, strikes: 1 }],
      });
      expect((await examine(36)).condemned).toEqual([]);
      expect(await fixture.letters(poison)).toEqual([{ kind: 'poison', strikes: maxStrikes }]);
      expect((await fixture.stored(poison)).status).toBe('blocked_on_code');
      const [loaded] = await store().load({ executions: [poison] });
      expect(loaded?.blockedBy?.code).toBe(poisonCode);
      const unfinished = await store().findUnfinished({ partitions: [36], blockedForCode: 'any other code' });
      expect(unfinished).toEqual([other]);
    });

    it('condemns nothing for a fenced worker', async () => {
      const { fixture } = current();
      const key = await startIn(37);
      for (let death = 1; death <= maxStrikes; death += 1) await dieOf(key);
      const fenced = await fixture.addWorker();
      await fixture.takeOver(fenced);
      expect((await examine(37, fenced)).condemned).toEqual([]);
      expect(await fixture.letters(key)).toEqual([]);
    });
  });

  describe('dead letters', () => {
    it('lets an execution go on, without strikes, once somebody has redriven it', async () => {
      const { fixture, workerId } = current();
      const key = await startIn(38);
      for (let death = 1; death <= maxStrikes; death += 1) await dieOf(key);
      await examine(38);
      const find = () => store().findWork({ partitions: [38], limit: 10, horizonMs: 0 });
      expect((await find()).redriven).toEqual([]);
      await fixture.redrive(key);
      expect((await find()).redriven).toEqual([key]);
      expect(await store().applyRedrives({ workerId, executions: [key] })).toEqual([key]);
      expect(await store().applyRedrives({ workerId, executions: [key] })).toEqual([]);
      expect((await find()).redriven).toEqual([]);
      expect((await fixture.stored(key)).status).toBe('running');
      expect((await store().load({ executions: [key] }))[0]?.blockedBy).toBeNull();
    });

    it('keeps one letter for what is aside, and takes another after a redrive', async () => {
      const { fixture, workerId } = current();
      const key = await startIn(39);
      const putAside = () =>
        store().putAside({
          workerId,
          execution: key,
          kind: 'bad_row',
          reason: 'It cannot be written.',
          error: refused,
        });
      await putAside();
      await putAside();
      expect(await fixture.letters(key)).toEqual([{ kind: 'bad_row', strikes: 0 }]);
      await fixture.redrive(key);
      await store().applyRedrives({ workerId, executions: [key] });
      await putAside();
      expect(await fixture.letters(key)).toHaveLength(2);
    });

    it('has a letter for each event that came after the end', async () => {
      const { fixture, workerId } = current();
      const key = await startIn(40);
      await fixture.setStatus(key, 'completed');
      for (const name of ['A', 'B']) await fixture.send(key, name);
      expect(await store().closeLate({ workerId, executions: [key] })).toMatchObject({ closed: 2 });
      expect(await fixture.letters(key)).toEqual([
        { kind: 'undeliverable', strikes: 0 },
        { kind: 'undeliverable', strikes: 0 },
      ]);
    });
  });

  describe('blocked executions', () => {
    it('are tried again by other code than that which blocked them', async () => {
      const { fixture, workerId } = current();
      const key = await startIn(41);
      const blockedBy = { name: 'E', message: 'differs', code: 'nondeterminism', details: { codeVersion: 'old' } };
      await store().flush({ workerId, executions: [flushOf(key, 1, { status: 'blocked_on_code', blockedBy })] });
      const find = (blockedForCode: string | null) => store().findUnfinished({ partitions: [41], blockedForCode });
      expect(await find('old')).toEqual([]);
      expect(await find(null)).toEqual([]);
      expect(await find('new')).toEqual([key]);
      expect((await store().load({ executions: [key] }))[0]?.blockedBy).toEqual(blockedBy);
      expect((await fixture.stored(key)).status).toBe('blocked_on_code');
    });
  });
}
