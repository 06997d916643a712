import { describe, expect, it } from 'vitest';
import { parseOptions } from './options';

describe('options of the bench', () => {
  it('run all workloads unless some are named, in any case', () => {
    expect(parseOptions([]).workloads).toEqual(['W1', 'W2', 'W3', 'W4', 'W5']);
    expect(parseOptions(['w2', '--n', '50', '--json'])).toMatchObject({ workloads: ['W2'], n: 50, json: true });
    expect(parseOptions(['Parked', 'W1'])).toMatchObject({ workloads: ['parked', 'W1'], n: null });
    expect(parseOptions(['Inbox', '--n', '500'])).toMatchObject({ workloads: [], inbox: true, n: 500 });
    expect(parseOptions(['pages', '--desktop'])).toMatchObject({ workloads: [], pages: true, device: 'desktop' });
    expect(parseOptions([])).toMatchObject({ inbox: false, pages: false, device: 'phone' });
    expect(parseOptions(['--workers', '4', '--no-redis'])).toMatchObject({ workers: 4, redis: false });
  });

  it('refuse what they do not know', () => {
    expect(() => parseOptions(['W99'])).toThrow('W99');
    expect(() => parseOptions(['--n', '0'])).toThrow('--n');
    expect(() => parseOptions(['--nonsense'])).toThrow();
  });
});
