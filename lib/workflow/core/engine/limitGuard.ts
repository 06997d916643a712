/** Looks at how much an execution holds after each turn of its code: comparisons of numbers that are there anyway. */
import {
  HistoryTooLongError,
  MailboxFullError,
  warningOf,
  type ExecutionLimits,
  type LimitName,
} from '../../model/limits';
import type { Logger, Metrics } from '../../model/ports/telemetry';
import type { LiveExecution } from './liveExecution';
import { instruments } from '../../telemetry/names';

export class LimitGuard {
  constructor(
    private readonly ports: {
      readonly limits: ExecutionLimits;
      readonly logger: Logger;
      readonly metrics: Metrics;
    },
  ) {}

  /**
   * @param commands what the code asked for in this turn.
   * @throws LimitError when the execution must not go on.
   */
  check(live: LiveExecution, commands: number): void {
    const { instance } = live;
    // What has ended with its last entry ended in time.
    if (instance.finished) return;
    const { history_length, payload_size, mailbox_size, commands_per_run } = this.ports.limits;
    this.checkHistory(live.head);
    const unread = instance.unread.length;
    if (unread > mailbox_size.most) {
      throw new MailboxFullError(
        `${unread} events wait that the code does not ask for, and ${mailbox_size.most} may. Deploy code that waits for them, or raise the limit and retry.`,
      );
    }
    if (live.head > history_length.warnAbove) this.#warn(live, 'history_length', live.head);
    if (unread > mailbox_size.warnAbove) this.#warn(live, 'mailbox_size', unread);
    if (commands > commands_per_run.warnAbove) this.#warn(live, 'commands_per_run', commands);
    const { largestPayload } = instance;
    if (largestPayload > payload_size.warnAbove) this.#warn(live, 'payload_size', largestPayload);
  }

  /** @throws HistoryTooLongError */
  checkHistory(entries: number): void {
    const { most } = this.ports.limits.history_length;
    if (entries > most) throw new HistoryTooLongError(entries, most);
  }

  /** Once for each execution and limit: the entry in the log remembers it. */
  #warn(live: LiveExecution, limit: LimitName, value: number): void {
    if (live.instance.warnedOf(limit)) return;
    const { limits, logger, metrics } = this.ports;
    const message = warningOf(limit, value, limits[limit]);
    live.noteLimit(limit, message, { value, most: limits[limit].most });
    const { executionId, tenant } = live;
    logger.warn({ executionId, tenant, limit, value }, message);
    metrics.count({ counter: instruments.limits, labels: { limit, outcome: 'warned' } });
  }
}
