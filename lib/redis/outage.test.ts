import { describe, expect, it } from 'vitest';
import { createMemoryMetrics } from '../workflow/telemetry/memoryMetrics';
import { instruments } from '../workflow/telemetry/names';
import { silentLogger } from '../workflow/telemetry/silentLogger';
import { createOutage } from './outage';

function open() {
  const lines: string[] = [];
  const metrics = createMemoryMetrics();
  const logger = {
    ...silentLogger,
    warn: () => lines.push('began'),
    info: () => lines.push('ended'),
  };
  const labels = { use: 'hints' };
  return {
    lines,
    outage: createOutage({ use: 'hints', logger, metrics }),
    shownUp: () => metrics.valueOf({ instrument: instruments.redisUp, labels }),
    outages: () => metrics.valueOf({ instrument: instruments.redisOutages, labels }),
  };
}

describe('outage', () => {
  const left = {};
  const right = {};

  it('is neither up nor failing before the first answer', () => {
    const { outage, shownUp } = open();
    expect(outage.isUp()).toBe(false);
    expect(outage.isFailing()).toBe(false);
    expect(shownUp()).toBe(0);
  });

  it('begins once and ends once, however often connections fail in between', () => {
    const { outage, lines, outages, shownUp } = open();
    outage.up(left);
    for (let attempt = 0; attempt < 5; attempt += 1) outage.down(left, new Error('refused'));
    expect(outage.isFailing()).toBe(true);
    outage.up(left);
    outage.up(left);
    expect(lines).toEqual(['began', 'ended']);
    expect(outages()).toBe(1);
    expect(shownUp()).toBe(1);
  });

  it('lasts until every connection works', () => {
    const { outage, lines } = open();
    outage.up(left);
    outage.up(right);
    outage.down(left);
    outage.down(right);
    outage.up(left);
    expect(outage.isUp()).toBe(false);
    expect(lines).toEqual(['began']);
    outage.up(right);
    expect(lines).toEqual(['began', 'ended']);
  });

  it('ends when the failing connection is closed on purpose', () => {
    const { outage, lines } = open();
    outage.up(left);
    outage.down(right);
    outage.forget(right);
    expect(outage.isUp()).toBe(true);
    expect(lines).toEqual(['began', 'ended']);
  });
});
