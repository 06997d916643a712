// Announces jobs to job workers over BullMQ. The rows decide: an announcement that is lost costs one look of a job
// worker, one that is doubled nothing, and BullMQ's own attempts stay at one.
import { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { createOutage } from '../../redis/outage';
import { waitAtMost } from '../../redis/patience';
import type { JobTransport } from '../model/ports/jobs';
import type { Logger, Metrics } from '../model/ports/telemetry';
import { connectForBullMq, jobPrefix } from './bullMq';

const queueName = 'jobs';
const waitMs = 200;
const announcementSchema = z.object({ jobId: z.string() });
type Announcement = z.infer<typeof announcementSchema>;

export function createJobQueue({
  url,
  prefix,
  logger,
  metrics,
}: {
  readonly url: string;
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): JobTransport {
  const outage = createOutage({ use: 'jobs', logger, metrics });
  const connection = connectForBullMq({ url, name: 'baton-jobs', outage, failsFast: true });
  const queue = new Queue<Announcement>(queueName, { connection, prefix: jobPrefix(prefix) });
  queue.on('error', () => undefined);
  let listening: { close(): Promise<void> } | null = null;
  return {
    lookEveryMs: 2_000,
    announce: async ({ jobId, delayMs }) => {
      if (outage.isFailing()) return;
      const options = { delay: delayMs, removeOnComplete: true, removeOnFail: true };
      await waitAtMost({ work: queue.add('job', { jobId }, options), waitMs });
    },
    listen: ({ concurrency, onJob }) => {
      const workerOutage = createOutage({ use: 'job-worker', logger, metrics });
      const ownConnection = connectForBullMq({
        url,
        name: 'baton-job-worker',
        outage: workerOutage,
        failsFast: false,
      });
      const worker = new Worker<unknown>(
        queueName,
        async ({ data }) => {
          const parsed = announcementSchema.safeParse(data);
          if (parsed.success) await onJob(parsed.data.jobId);
        },
        { connection: ownConnection, prefix: jobPrefix(prefix), concurrency },
      );
      worker.on('error', () => undefined);
      listening = {
        close: async () => {
          await waitAtMost({ work: worker.close(true), waitMs: 2_000 });
          ownConnection.disconnect();
        },
      };
    },
    close: async () => {
      await listening?.close();
      await waitAtMost({ work: queue.close(), waitMs: 2_000 });
      connection.disconnect();
    },
  };
}

/** Without Redis job workers look for themselves. */
export const absentJobQueue: JobTransport = {
  lookEveryMs: 250,
  announce: () => Promise.resolve(),
  listen: () => undefined,
  close: () => Promise.resolve(),
};
