import { expect, it } from 'vitest';
import type { LiveChange } from '../../model/ports/live';
import { gatherNotices } from './gatheredNotices';

const change = (id: string): LiveChange => ({ tenant: 'acme', topic: 'execution', id });

function start() {
  const sent: string[][] = [];
  const timers: (() => void)[] = [];
  const notices = gatherNotices({
    live: {
      publish: async ({ changes }) => void sent.push(changes.map(({ id }) => id)),
      close: async () => undefined,
    },
    scheduler: {
      setTimer: ({ run }) => {
        timers.push(run);
        return run;
      },
      clearTimer: () => undefined,
    },
  });
  return { notices, sent, timers };
}

it('sends what came within a while once, in one message', async () => {
  const { notices, sent, timers } = start();
  await notices.publish({ changes: [change('a'), change('b')] });
  await notices.publish({ changes: [change('a'), change('c')] });
  expect(sent).toEqual([]);
  expect(timers).toHaveLength(1);
  timers[0]?.();
  expect(sent).toEqual([['a', 'b', 'c']]);
  await notices.publish({ changes: [change('a')] });
  expect(timers).toHaveLength(2);
});

it('sends what is left when the worker ends', async () => {
  const { notices, sent, timers } = start();
  await notices.publish({ changes: [change('a')] });
  await notices.close();
  timers[0]?.();
  expect(sent).toEqual([['a']]);
});
