import type { LiveChange, LivePublisher } from '../../model/ports/live';
import type { Scheduler } from '../../model/ports/scheduler';

/** Nobody who looks at a page sees so short a time, and a busy worker sends a fiftieth of the messages. */
const gatherMs = 20;

/**
 * Notices of one worker, gathered for 20 ms before they are sent: those of the same thing become one. Nothing waits for
 * them, and nothing that wakes an execution goes this way.
 */
export function gatherNotices({
  live,
  scheduler,
}: {
  readonly live: LivePublisher;
  readonly scheduler: Scheduler;
}): LivePublisher {
  let gathered = new Map<string, LiveChange>();
  let isScheduled = false;

  const send = async (): Promise<void> => {
    isScheduled = false;
    if (gathered.size === 0) return;
    const changes = [...gathered.values()];
    gathered = new Map();
    await live.publish({ changes });
  };

  return {
    publish: async ({ changes }) => {
      for (const change of changes) gathered.set(`${change.topic} ${change.id} ${change.tenant}`, change);
      if (isScheduled || changes.length === 0) return;
      isScheduled = true;
      scheduler.setTimer({ delayMs: gatherMs, run: () => void send() });
    },
    /** Sends what is gathered; the publisher beneath stays open. */
    close: send,
  };
}
