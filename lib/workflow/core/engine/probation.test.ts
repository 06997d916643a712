import { describe, expect, it } from 'vitest';
import { Probation } from './probation';

const key = (executionId: string, partitionId = 1) => ({ executionId, partitionId });

function open() {
  const noted: string[] = [];
  const clock = { ms: 0, nowMs: () => clock.ms };
  const probation = new Probation({
    workerId: 'w',
    clock,
    store: {
      noteActivations: async ({ executions }) => void noted.push(...executions.map((each) => `+${each.executionId}`)),
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

  it('lets one with strikes run only where no other suspect runs, whatever rounds are under way', () => {
    const { probation } = open();
    const suspects = [
      { ...key('struck'), strikes: 1, commandId: null },
      { ...key('again'), strikes: 2, commandId: null },
    ];
    probation.examined({ condemned: [], suspects, unclean: [1] });
    probation.adopted([1], [key('x'), key('y')]);
    const first = probation.admission();
    expect(['x', 'struck', 'y', 'innocent'].map(first)).toEqual([true, false, true, true]);
    expect(probation.admission()('struck')).toBe(false);
    probation.release(['x', 'y', 'innocent']);
    const second = probation.admission();
    expect(['struck', 'again', 'x', 'innocent'].map(second)).toEqual([true, false, false, true]);
    expect(['again', 'x', 'innocent'].map(probation.admission())).toEqual([false, false, true]);
  });

  it('keeps one whose action did not yield until nothing of it is under way', async () => {
    const { probation, noted } = open();
    const suspects = [{ ...key('a'), strikes: 1, commandId: 'charge#1' }];
    probation.examined({ condemned: [], suspects, unclean: [] });
    expect([probation.isStruckByAction('a'), probation.isStruckByAction('b')]).toEqual([true, false]);
    expect(probation.admission()('a')).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a')], () => false);
    probation.release(['a']);
    expect({ noted, isEmpty: probation.isEmpty }).toEqual({ noted: ['+a'], isEmpty: false });
    await probation.clear([key('a')], () => true);
    expect({ noted, isEmpty: probation.isEmpty }).toEqual({ noted: ['+a', '-a'], isEmpty: true });
  });

  it('forgets those that ran, and those of partitions that it left', async () => {
    const { probation, noted } = open();
    const suspects = [
      { ...key('a'), strikes: 1, commandId: null },
      { ...key('b', 2), strikes: 1, commandId: null },
    ];
    probation.examined({ condemned: [], suspects, unclean: [] });
    expect(probation.admission()('a')).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a'), key('b', 2)], () => true);
    expect(noted).toEqual(['+a', '-a']);
    probation.leave(new Set([2]));
    // Its round is not over: forgotten now, it would be in the way of others for ever.
    expect(probation.isEmpty).toBe(false);
    probation.release(['a']);
    expect(probation.isEmpty).toBe(true);
  });

  it('keeps what is noted until nothing of it is under way, or it has run for a minute', async () => {
    const { probation, noted, clock } = open();
    probation.examined({ condemned: [], suspects: [], unclean: [1] });
    probation.adopted([1], [key('short'), key('long')]);
    await probation.note([key('short'), key('long')]);
    await probation.clear(probation.noted, (id) => id === 'short');
    expect(noted).toEqual(['+short', '+long', '-short']);
    clock.ms = 60_000;
    await probation.clear(probation.noted, () => false);
    expect(noted.at(-1)).toBe('-long');
    expect(probation.isEmpty).toBe(true);
  });

  it('lets nobody with strikes begin beside one whose action is under way, until that had its time alone', async () => {
    const { probation, noted, clock } = open();
    const suspects = ['a', 'b'].map((id) => ({ ...key(id), strikes: 1, commandId: null }));
    probation.examined({ condemned: [], suspects, unclean: [] });
    expect(probation.admission()('a')).toBe(true);
    await probation.note([key('a')]);
    await probation.clear([key('a')], () => false);
    probation.release(['a']);
    expect(probation.admission()('b')).toBe(false);
    expect(probation.admission()('a')).toBe(true);
    clock.ms = 5_000;
    expect(probation.admission()('b')).toBe(true);
    await probation.note([key('b')]);
    expect(noted).toEqual(['+a', '-a', '+b']);
  });
});
