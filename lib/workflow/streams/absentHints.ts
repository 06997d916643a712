import type { HintPublisher, HintSource } from '../model/ports/hints';

/** Publishes nowhere: without Redis owners find new rows by their sweep alone. */
export const absentHintPublisher: HintPublisher = {
  publish: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Never has a hint. Its state tells the worker to sweep at 250 ms. */
export const absentHintSource: HintSource = {
  start: () => Promise.resolve(),
  setPartitions: () => undefined,
  acknowledge: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  state: () => 'absent',
};
