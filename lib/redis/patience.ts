/** Waits for the work, but no longer than `waitMs`; the work itself goes on. Its failure is not reported here. */
export async function waitAtMost({
  work,
  waitMs,
}: {
  readonly work: Promise<unknown>;
  readonly waitMs: number;
}): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  try {
    await Promise.race([work.catch(() => undefined), patience]);
  } finally {
    clearTimeout(timer);
  }
}
