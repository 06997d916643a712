import type { Logger } from '@shared/workflow/model/ports/telemetry';

/** What goes on at the same time; the next step waits for all of it, however it ends. */
type Step = () => readonly (Promise<unknown> | undefined)[];

/**
 * How a process ends in good order: once, however often it is told to, and in any case. Whoever waits for it to go must
 * not wait for ever because the database or Redis went first: what fails on the way is told of, and keeps nothing from
 * being ended.
 * @param parts.exit gets the code that the end was asked for with; 1 instead of 0 where something failed.
 */
export function endOnce({
  steps,
  exit,
  logger,
}: {
  readonly steps: readonly Step[];
  readonly exit: (code: number) => void;
  readonly logger: Logger;
}): (code: number) => Promise<void> {
  let isEnding = false;
  return async (code) => {
    if (isEnding) return;
    isEnding = true;
    let hasFailed = false;
    for (const step of steps) {
      for (const ended of await Promise.allSettled(step().map(async (part) => part))) {
        if (ended.status === 'fulfilled') continue;
        hasFailed = true;
        logger.error({ error: ended.reason as unknown }, 'The worker does not end in good order; others take over');
      }
    }
    exit(code === 0 && hasFailed ? 1 : code);
  };
}
