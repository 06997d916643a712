/** Keeps a sender at work until it is stopped. */
import type { Logger } from '@shared/workflow/model/ports/telemetry';
import type { MailSender } from './mailSender';

export interface MailLoop {
  /** Returns when the mail under way is sent, or failed. */
  stop(): Promise<void>;
}

/** Looks for due mails every `everyMs`, and tidies up every `tidyMs`, first at once. Errors are logged and tried again. */
export function startMailLoop({
  sender,
  logger,
  everyMs = 2_000,
  tidyMs = 600_000,
}: {
  readonly sender: MailSender;
  readonly logger: Logger;
  readonly everyMs?: number;
  readonly tidyMs?: number;
}): MailLoop {
  let isStopping = false;
  let wake = (): void => undefined;
  let tidiedMs: number | null = null;

  const round = async (): Promise<boolean> => {
    try {
      if (tidiedMs === null || performance.now() - tidiedMs >= tidyMs) {
        await sender.tidy();
        tidiedMs = performance.now();
      }
      return (await sender.tick({ isStopping: () => isStopping })).isFull;
    } catch (error) {
      logger.warn({ error }, 'Mails could not be looked for; they are later.');
      return false;
    }
  };

  const run = async (): Promise<void> => {
    while (!isStopping) {
      if (await round()) continue;
      if (isStopping) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = run();
  return {
    stop: async () => {
      isStopping = true;
      wake();
      await running;
    },
  };
}
