import { getHeapStatistics } from 'node:v8';
import type { MemoryGauge } from '../model/ports/memory';

/** Of what V8 may take; nearer to the end it spends most of its time looking for garbage. */
const usableShare = 0.85;

/** The heap of this process. @param mostBytes null: most of what V8 may take (`--max-old-space-size`). */
export function heapGauge(mostBytes: number | null): MemoryGauge {
  return {
    used: () => getHeapStatistics().used_heap_size,
    most: mostBytes ?? getHeapStatistics().heap_size_limit * usableShare,
  };
}
