import { describe, expect, it } from 'vitest';
import { OverloadedError } from '../model/errors';
import type { Backlog } from '../model/ports/admission';
import { createMemoryMetrics } from '../telemetry/memoryMetrics';
import { instruments } from '../telemetry/names';
import { silentLogger } from '../telemetry/silentLogger';
import { createAdmissionGate } from './admissionGate';

const empty: Backlog = { inbox: 0, pending: 0, events: 0 };

function open(read: () => Promise<Backlog>) {
  let nowMs = 0;
  let looks = 0;
  const metrics = createMemoryMetrics();
  const gate = createAdmissionGate({
    read: () => {
      looks += 1;
      return read();
    },
    most: 100,
    monotonicMs: () => nowMs,
    logger: silentLogger,
    metrics,
  });
  return {
    metrics,
    looks: () => looks,
    isOpen: () => {
      try {
        gate.admit();
        return true;
      } catch (error) {
        if (error instanceof OverloadedError) return false;
        throw error;
      }
    },
    pass: async (ms: number) => {
      nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the admission of work', () => {
  it('looks beside the calls, once a second however many there are', async () => {
    const { isOpen, looks, pass } = open(() => Promise.resolve(empty));
    for (let call = 0; call < 50; call += 1) expect(isOpen()).toBe(true);
    expect(looks()).toBe(1);
    await pass(0);
    await pass(999);
    expect([isOpen(), looks()]).toEqual([true, 1]);
    await pass(1);
    expect([isOpen(), looks()]).toEqual([true, 2]);
  });

  it.each(['inbox', 'pending', 'events'] as const)('refuses while too much waits: %s', async (kind) => {
    let backlog: Backlog = { ...empty, [kind]: 101 };
    const { isOpen, metrics, pass } = open(() => Promise.resolve(backlog));
    expect(isOpen()).toBe(true);
    await pass(10);
    expect([isOpen(), isOpen()]).toEqual([false, false]);
    expect(metrics.valueOf({ instrument: instruments.admissionRefusals, labels: { of: kind } })).toBe(2);
    expect(metrics.valueOf({ instrument: instruments.backlog, labels: { of: kind } })).toBe(101);
    backlog = { ...empty, [kind]: 100 };
    await pass(1_000);
    // This call makes it look; the next one knows.
    expect(isOpen()).toBe(false);
    await pass(0);
    expect(isOpen()).toBe(true);
  });

  it('holds nothing against anybody that it saw long ago', async () => {
    const { isOpen, pass } = open(() => Promise.resolve({ ...empty, inbox: 101 }));
    isOpen();
    await pass(0);
    expect(isOpen()).toBe(false);
    await pass(5_001);
    expect(isOpen()).toBe(true);
  });

  it('admits what it cannot judge, and looks again', async () => {
    const { isOpen, looks, pass } = open(() => Promise.reject(new Error('away')));
    isOpen();
    await pass(0);
    expect(isOpen()).toBe(true);
    await pass(1_000);
    expect(isOpen()).toBe(true);
    expect(looks()).toBe(2);
  });

  it('rests longer the longer a look takes', async () => {
    let answer = (): void => undefined;
    const { isOpen, looks, pass } = open(() => new Promise((resolve) => (answer = () => resolve(empty))));
    isOpen();
    await pass(400);
    isOpen();
    expect(looks()).toBe(1);
    answer();
    await pass(0);
    await pass(7_999);
    isOpen();
    expect(looks()).toBe(1);
    await pass(1);
    isOpen();
    expect(looks()).toBe(2);
  });
});
