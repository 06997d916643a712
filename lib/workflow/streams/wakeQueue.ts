// Wakes executions when their timers are due, as delayed BullMQ jobs. Optional: timers are rows that their owners poll,
// so a lost job costs one poll interval and a doubled one nothing.
import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { createOutage } from '../../redis/outage';
import { waitAtMost } from '../../redis/patience';
import type { HintPublisher, WakeScheduler } from '../model/ports/hints';
import type { Logger, Metrics } from '../model/ports/telemetry';
import { connectForBullMq, jobPrefix } from './bullMq';

const queueName = 'wakes';
const waitMs = 200;
const jobSchema = z.object({ partitionId: z.number().int(), executionId: z.string() });
type Job = z.infer<typeof jobSchema>;

interface WakeQueueSettings {
  readonly url: string;
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Schedules wakes. Failures are logged once an outage and otherwise ignored. */
export function createWakeScheduler({ url, prefix, logger, metrics }: WakeQueueSettings): WakeScheduler {
  const outage = createOutage({ use: 'wakes', logger, metrics });
  const connection = connectForBullMq({ url, name: 'baton-wakes', outage, failsFast: true });
  const queue = new Queue<Job>(queueName, { connection, prefix: jobPrefix(prefix) });
  queue.on('error', () => undefined);
  return {
    scheduleWake: async ({ partitionId, executionId, at }) => {
      if (outage.isFailing()) return;
      const work = queue.add(
        'wake',
        { partitionId, executionId },
        {
          // Doubles of a wake that still waits collapse. BullMQ refuses colons.
          jobId: `${executionId}_${at.getTime()}`.replaceAll(':', '_'),
          delay: Math.max(0, at.getTime() - Date.now()),
          removeOnComplete: true,
          removeOnFail: true,
        },
      );
      await waitAtMost({ work, waitMs });
    },
    close: async () => {
      await waitAtMost({ work: queue.close(), waitMs: 2_000 });
      connection.disconnect();
    },
  };
}

/** Turns due wakes into hints. Any worker may run it: the hint finds the owner of the partition. */
export function startWakeWorker({
  url,
  prefix,
  publisher,
  logger,
  metrics,
}: WakeQueueSettings & { readonly publisher: HintPublisher }): { close(): Promise<void> } {
  const outage = createOutage({ use: 'wake-worker', logger, metrics });
  const connection = connectForBullMq({ url, name: 'baton-wake-worker', outage, failsFast: false });
  const worker = new Worker<unknown>(
    queueName,
    async (job) => {
      const parsed = jobSchema.safeParse(job.data);
      if (parsed.success) await publisher.publish({ hints: [parsed.data] });
    },
    { connection, prefix: jobPrefix(prefix), concurrency: 64 },
  );
  worker.on('error', () => undefined);
  return {
    close: async () => {
      // Waits for jobs in progress, but not for a Redis that is away.
      await waitAtMost({ work: worker.close(), waitMs: 2_000 });
      connection.disconnect();
    },
  };
}

/** Without Redis timers fire at the owner's next poll. */
export const absentWakeScheduler: WakeScheduler = {
  scheduleWake: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
