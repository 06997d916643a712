/**
 * Is told which executions' code runs now, so that somebody outside can name them when the loop stands still. Called for
 * every run of code: it must cost next to nothing.
 */
export interface RunWatch {
  /** Code of this execution runs from now on, beside what was entered before. */
  enter(executionId: string): void;
  /** Nothing runs any more. */
  leave(): void;
}
