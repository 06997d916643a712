/**
 * The use-cases' dependencies of this process, for calls that are written without passing them, as in
 * `getWorkflowRuntime().startWorkflow(...)`. Processes provide theirs at start; where none did, they are connected from
 * the environment at the first use.
 */
import type { EngineDeps } from './engineDeps';

// One per process, although bundlers and reloads may evaluate this module more than once.
const key = Symbol.for('baton.engine.deps');
const holder = globalThis as { [key]?: Promise<EngineDeps> };

export function provideEngine(deps: EngineDeps): void {
  holder[key] = Promise.resolve(deps);
}

export function engineDeps(): Promise<EngineDeps> {
  holder[key] ??= import('../index').then(({ connectFromEnvironment }) => connectFromEnvironment());
  return holder[key];
}

/** Forgets the dependencies, for tests and for processes that end. */
export function forgetEngine(): void {
  delete holder[key];
}
