// One line of progress a step, with what it took.
const NAME_WIDTH = 12;

/** Runs a step and prints its line; `work` returns a note for that line, or an object that has one. */
export async function step(name, work) {
  const startedAt = performance.now();
  const result = await work();
  const note = typeof result === 'string' ? result : (result?.note ?? '');
  console.log(`  ${name.padEnd(NAME_WIDTH)} ${formatDuration(performance.now() - startedAt)}  ${note}`.trimEnd());
  return result;
}

/** For people: "0.4 s", "12.0 s", "1 min 5 s". */
export function formatDuration(ms) {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`.padStart(7);
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
