/** How full the memory of a process is, in bytes. */
export interface MemoryGauge {
  readonly used: () => number;
  /** Above this nothing new should be begun. */
  readonly most: number;
}
