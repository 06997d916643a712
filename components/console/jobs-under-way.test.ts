import { describe, expect, it } from 'vitest';
import { partDone, progressText } from './jobs-under-way';

describe('progress of a job', () => {
  it.each([
    [0.25, 0.25, '25 %'],
    [40, 0.4, '40 %'],
    [{ percent: 5 }, 0.05, '5 %'],
    [{ done: 30, total: 120 }, 0.25, '30 of 120'],
    [{ done: 130, total: 120 }, 1, '130 of 120'],
    [{ done: 1, total: 0 }, null, '1 of 0'],
    ['reading pages', null, 'reading pages'],
    [{ page: 'x' }, null, '{"page":"x"}'],
    [null, null, null],
  ])('of %j is the part %j, in words %j', (progress, part, text) => {
    expect(partDone(progress)).toBe(part);
    expect(progressText(progress)).toBe(text);
  });
});
