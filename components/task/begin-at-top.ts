/** The id of a task's heading. */
export const headingId = (taskId: string): string => `task-${taskId}`;

/** Whoever went on to a task reads it from its title on, wherever the one before was left. */
export function beginAtTop(taskId: string): void {
  const heading = document.getElementById(headingId(taskId));
  // The element that scrolls: the pane of the inbox, on its own page and on a phone the page.
  heading?.closest('.detail')?.scrollTo({ top: 0 });
  scrollTo({ top: 0 });
  heading?.focus({ preventScroll: true });
}
