/** The worker process of a case: runs the subject's worker and notes when which step ran and which execution ended. */
import { nowMs, ownCpuSeconds } from './measure';
import type { CaseConfig, FromWorker, ToWorker, Watch } from './protocol';
import { loadSubject } from './subjects/index';
import type { Marks } from './subjects/subject';

const config = JSON.parse(process.argv[2] ?? '{}') as CaseConfig;
const tell = (message: FromWorker): void => void process.send?.(message);

/** How many steps of an execution ran, as long as they run in order: one number keeps the worker's memory its own. */
let inOrder = new Map<string, number>();
/** Steps that ran before an earlier one. */
let ahead = new Set<string>();
let done = new Map<string, number>();
let stepsRun = 0;
let stepsRepeated = 0;
let firsts = 0;
let watches: Watch = 'none';
let target: Extract<ToWorker, { type: 'target' }> | null = null;

function reset(watch: Watch): void {
  inOrder = new Map();
  ahead = new Set();
  done = new Map();
  stepsRun = 0;
  stepsRepeated = 0;
  firsts = 0;
  watches = watch;
  target = null;
}

function reach(): void {
  if (target === null || (target.mark === 'first' ? firsts : done.size) < target.count) return;
  target = null;
  tell({ type: 'reached' });
}

function isNew(id: string, index: number): boolean {
  const next = inOrder.get(id) ?? 0;
  if (index === next) inOrder.set(id, next + 1);
  if (index <= next) return index === next && !ahead.has(`${id} ${index}`);
  const step = `${id} ${index}`;
  const isFirst = !ahead.has(step);
  ahead.add(step);
  return isFirst;
}

const marks: Marks = {
  step: (id, index) => {
    stepsRun += 1;
    if (!isNew(id, index)) stepsRepeated += 1;
    else if (index === 0) firsts += 1;
    if (watches === 'ends' && index === 0) tell({ type: 'marked', mark: 'first', id, atMs: nowMs() });
    if (watches === 'steps') tell({ type: 'marked', mark: `step ${index}`, id, atMs: nowMs() });
    reach();
    return { ok: true, step: index, id };
  },
  done: (id) => {
    const atMs = nowMs();
    // Where the code runs again, the first time counts.
    if (!done.has(id)) done.set(id, atMs);
    if (watches !== 'none') tell({ type: 'marked', mark: 'done', id, atMs });
    reach();
  },
};

const subject = await loadSubject(config.subject);
const worker = await subject.worker(config, marks);

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'reset':
      reset(message.watch);
      return tell({ type: 'reply', seq: message.seq });
    case 'target':
      target = message;
      return reach();
    case 'report': {
      const report = {
        cpuSeconds: ownCpuSeconds(),
        rssMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
        firsts,
        stepsRun,
        stepsRepeated,
        ended: done.size,
        doneAtMs: message.withTimes ? [...done] : [],
      };
      return tell({ type: 'reply', seq: message.seq, report });
    }
    case 'call': {
      const { seq } = message;
      const called = worker.call?.(message.call) ?? Promise.reject(new Error('This worker takes no calls.'));
      void called.then(
        () => tell({ type: 'reply', seq }),
        (error: unknown) => tell({ type: 'reply', seq, error: String(error) }),
      );
      return;
    }
    case 'coldStart':
      return void (subject.coldStart?.(message.id) ?? Promise.resolve(null)).then((coldStartMs) =>
        tell({ type: 'reply', seq: message.seq, coldStartMs }),
      );
    case 'stop':
      void worker.stop().finally(() => process.exit(0));
  }
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });
