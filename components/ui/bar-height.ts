/**
 * Ref of a bar that sticks to the lower end of the page: the page is told how high it is (`--bar-height`), so that what
 * gets the focus stops above it. When it grows, a field that is typed in moves out from under it.
 */
export function tellBarHeight(bar: HTMLElement | null) {
  if (!bar) return;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    style.setProperty('--bar-height', `${bar.offsetHeight}px`);
    const field = document.activeElement;
    if (!field?.matches('input, textarea, select')) return;
    const { top, bottom } = field.getBoundingClientRect();
    const covered = bar.getBoundingClientRect().top;
    if (top < covered && bottom > covered) field.scrollIntoView({ block: 'nearest' });
  });
  observer.observe(bar);
  return () => {
    observer.disconnect();
    style.removeProperty('--bar-height');
  };
}
