import { describe, expect, it } from 'vitest';
import { Probation } from './probation';

const key = (executionId: string, partitionId = 1) => ({ executionId, partitionId });
const known = (executionId: string, facts: { company?: number; ranMs?: number; partitionId?: number } = {}) => {
  const { company = 1, ranMs = 0, partitionId = 1 } = facts;
  return { ...key(executionId, partitionId), strikes: 1, commandId: null, company, ranMs };
};

function open() {
  const noted: string[] = [];
  const clock = { ms: 0, nowMs: () => clock.ms };
  const probation = new Probation({
    workerId: 'w',
    clock,
    store: {
      noteActivations: async ({ executions }) => void noted.push(...executions.map((each) => `+${each.executionId}`)),
      handOverActivations: async ({ executions }) =>
        void noted.push(...executions.map((each) => `>${each.executionId}`)),
      clearActivations: async ({ executions }) => void noted.push(...executions.map((each) => `-${each.executionId}`)),
    },
  });
  return { probation, noted, clock };
}

describe('probation', () => {
  it('is empty, and notes nothing, where nothing was disturbed', () => {
    const { probation } = open();
    probation.examined({ condemned: [], suspects: [], unclean: [] });
    probation.adopted([1, 2], [key('a')]);
    expect(probation.isEmpty).toBe(true);
    expect(probation.isSuspect({ ...key('a'), status: 'running' })).toBe(false);
  });

  it('suspects what was at work where the last owner did not say goodbye, and nothing else', () => {
    const { probation } = open();
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    expect(probation.isSuspect({ ...key('a'), status: 'running' })).toBe(true);
    expect(probation.isSuspect({ ...key('b'), status: 'waiting' })).toBe(false);
    expect(probation.isSuspect({ ...key('c', 2), status: 'running' })).toBe(false);
    probation.adopted([1], [key('a')]);
    expect(probation.isSuspect({ ...key('a'), status: 'running' })).toBe(true);
    expect(probation.isSuspect({ ...key('d'), status: 'running' })).toBe(false);
  });

  it('lets one that was alone when its worker ended run only where no other suspect runs, whatever rounds are under way', () => {
    const { probation } = open();
    probation.examined({ condemned: [], suspects: [known('struck'), known('again')], unclean: [] });
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    probation.adopted([1], [key('x'), key('y')]);
    const asked = (...ids: string[]) => ids.map((id) => key(id)).map(probation.admission());
    expect(asked('x', 'struck', 'y', 'innocent')).toEqual([true, false, true, true]);
    expect(asked('struck')).toEqual([false]);
    probation.release(['x', 'y', 'innocent']);
    expect(asked('struck', 'again', 'x', 'innocent')).toEqual([true, false, false, true]);
    expect(asked('again', 'x', 'innocent')).toEqual([false, false, true]);
  });

  it('lets half of those run that were side by side when their worker ended, the shortest there first', async () => {
    const { probation, clock } = open();
    const beside = ['a', 'b', 'c', 'd'].map((id, at) => known(id, { company: 4, ranMs: 10_000 - at }));
    probation.examined({ condemned: [], suspects: beside, unclean: [] });
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    probation.adopted([1], [key('fresh')]);
    const ready = new Map(['innocent', 'fresh', 'a', 'b', 'c', 'd'].map((id) => [id, key(id)]));
    const inOrder = probation.inOrder(ready).map(([, each]) => each);
    expect(inOrder.map(({ executionId }) => executionId)).toEqual(['d', 'c', 'b', 'a', 'innocent', 'fresh']);
    expect(inOrder.map(probation.admission())).toEqual([true, true, false, false, true, false]);
    await probation.note([key('c'), key('d')]);
    probation.release(['c', 'd']);
    clock.ms = 14_990;
    expect(inOrder.map(probation.admission())).toEqual([true, true, false, false, true, false]);
    clock.ms = 15_000;
    expect(inOrder.map(probation.admission())).toEqual([true, true, true, true, true, false]);
  });

  it('holds back what may have been at work until all of it is known, where others are known to have been', () => {
    const { probation } = open();
    probation.examined({ condemned: [], suspects: [known('struck')], unclean: [1] });
    const asked = (...keys: ReturnType<typeof key>[]) => keys.map(probation.admission());
    expect(asked(key('x'), key('elsewhere', 2))).toEqual([false, true]);
    probation.adopted([1], [key('x')]);
    expect(asked(key('struck'), key('x'), key('innocent'))).toEqual([true, false, true]);
  });

  it('keeps one whose action did not yield until nothing of it is under way', async () => {
    const { probation, noted } = open();
    const suspects = [{ ...known('a', { company: 0 }), commandId: 'charge#1' }];
    probation.examined({ condemned: [], suspects, unclean: [] });
    expect([probation.isStruckByAction('a'), probation.isStruckByAction('b')]).toEqual([true, false]);
    expect(probation.admission()(key('a'))).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a')], () => false);
    probation.release(['a']);
    expect({ noted, isEmpty: probation.isEmpty }).toEqual({ noted: ['+a'], isEmpty: false });
    await probation.clear([key('a')], () => true);
    expect({ noted, isEmpty: probation.isEmpty }).toEqual({ noted: ['+a', '-a'], isEmpty: true });
  });

  it('forgets those that ran, and those of partitions that it left', async () => {
    const { probation, noted } = open();
    const suspects = [known('a'), known('b', { partitionId: 2 })];
    probation.examined({ condemned: [], suspects, unclean: [] });
    expect(probation.admission()(key('a'))).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a'), key('b', 2)], () => true);
    expect(noted).toEqual(['+a', '-a']);
    probation.leave(new Set([2]));
    // Its round is not over: forgotten now, it would be in the way of others for ever.
    expect(probation.isEmpty).toBe(false);
    probation.release(['a']);
    expect(probation.isEmpty).toBe(true);
  });

  it('forgets what is at rest where it leaves, and hands over the others', async () => {
    const { probation, noted } = open();
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    probation.adopted([1], [key('rests'), key('works')]);
    await probation.note([key('rests'), key('works')]);
    probation.leave(new Set([1]));
    await probation.handOver([key('rests'), key('works'), key('nobody')], (id) => id === 'rests');
    expect(noted).toEqual(['+rests', '+works', '-rests', '>works']);
    expect(probation.isEmpty).toBe(true);
  });

  it('keeps what is noted until nothing of it is under way, or it has run for ten minutes', async () => {
    const { probation, noted, clock } = open();
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    probation.adopted([1], [key('short'), key('long')]);
    await probation.note([key('short'), key('long')]);
    await probation.clear(probation.noted, (id) => id === 'short');
    expect(noted).toEqual(['+short', '+long', '-short']);
    clock.ms = 600_000;
    await probation.clear(probation.noted, () => false);
    expect(noted.at(-1)).toBe('-long');
    expect(probation.isEmpty).toBe(true);
  });

  it('lets no other begin beside one whose action is under way until that outlived its last worker, and keeps both', async () => {
    const { probation, noted, clock } = open();
    probation.examined({ condemned: [], suspects: [known('a', { ranMs: 8_000 }), known('b')], unclean: [] });
    expect(probation.admission()(key('a'))).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a')], () => false);
    probation.release(['a']);
    clock.ms = 11_999;
    expect(probation.admission()(key('b'))).toBe(false);
    expect(probation.admission()(key('a'))).toBe(true);
    clock.ms = 12_000;
    expect(probation.admission()(key('b'))).toBe(true);
    await probation.note([key('b')]);
    expect(noted).toEqual(['+a', '+b']);
    expect(probation.noted).toEqual([key('a'), key('b')]);
  });
});
