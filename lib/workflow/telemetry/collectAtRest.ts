/**
 * Gives memory back when the process is at rest. V8 lets the heap grow to a few times what lives in it while work comes
 * in, which is cheap, and keeps it for as long as nothing more comes: an owner of many parked executions would hold the
 * garbage of the last burst for days.
 */
import { performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';

const lookEveryMs = 1_000;
/** Share of the last second that the loop was busy, at most, for the process to count as at rest. */
const mostBusy = 0.05;
/** Not worth standing still for less: so many bytes more than lived after the last collection, and so many times as much. */
const leastMoreBytes = 48e6;
const leastTimes = 2;
/**
 * The first empties the old generation; the second, when V8 has seen that little is allocated, shrinks the young one; the
 * third gives its pages to the system.
 */
const collections = 3;
const apartMs = 5_000;

/** @returns ends it. */
export function collectAtRest(): () => void {
  const collect = collector();
  let before = performance.eventLoopUtilization();
  let livingBytes = 0;
  let collectionsLeft = 0;
  let nextAtMs = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > mostBusy) return;
    const usedBytes = v8.getHeapStatistics().used_heap_size;
    if (usedBytes >= livingBytes + leastMoreBytes && usedBytes >= livingBytes * leastTimes) {
      collectionsLeft = collections;
      nextAtMs = 0;
    }
    if (collectionsLeft === 0 || performance.now() < nextAtMs) return;
    collect();
    collectionsLeft -= 1;
    nextAtMs = performance.now() + apartMs;
    livingBytes = v8.getHeapStatistics().used_heap_size;
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** V8's own, without a flag at the start of the process. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  v8.setFlagsFromString('--no-expose-gc');
  return collect;
}
