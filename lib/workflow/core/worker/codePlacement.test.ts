import { describe, expect, it } from 'vitest';
import { placePartitions, type Host } from './codePlacement';

const host = (workerId: string, definitions: readonly string[], partitions = 10): Host => {
  return { workerId, definitions, partitions };
};
const missing = (partitionId: number, ...codes: string[]) => ({ partitionId, missing: codes });
const place = (options: Partial<Parameters<typeof placePartitions>[0]>) =>
  Object.fromEntries(placePartitions({ misplaced: [], hosts: [], own: ['A@1'], limit: 100, ...options }));

describe('placement of partitions whose owner lacks code', () => {
  it('leaves a partition where it is when nobody has what it waits for', () => {
    expect(place({ misplaced: [missing(1, 'A@3')], hosts: [host('b', ['A@2'])] })).toEqual({});
  });

  it('goes to the worker that has most of what is missing', () => {
    const hosts = [host('b', ['A@2'], 0), host('c', ['A@2', 'B@2'], 50)];
    expect(place({ misplaced: [missing(1, 'A@2', 'B@2')], hosts })).toEqual({ c: [1] });
  });

  it('prefers one that has the code of the present owner too, so that nothing else has to wait', () => {
    const hosts = [host('b', ['A@2'], 0), host('c', ['A@1', 'A@2'], 50)];
    expect(place({ misplaced: [missing(1, 'A@2')], hosts })).toEqual({ c: [1] });
  });

  it('spreads over workers that serve alike', () => {
    const hosts = [host('b', ['A@2'], 3), host('c', ['A@2'], 2)];
    const misplaced = [1, 2, 3].map((partition) => missing(partition, 'A@2'));
    expect(place({ misplaced, hosts })).toEqual({ c: [1, 3], b: [2] });
  });

  it('moves no more than so many at a time, and passes over what nobody can serve', () => {
    const misplaced = [missing(1, 'Gone@1'), missing(2, 'A@2'), missing(3, 'A@2')];
    expect(place({ misplaced, hosts: [host('b', ['A@2'])], limit: 1 })).toEqual({ b: [2] });
  });
});
