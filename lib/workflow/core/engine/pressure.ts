/**
 * Whether a worker carries as much as it can. It then finishes what is under way and begins no other execution; what it
 * leaves waits in the store, where it is safe.
 */
import type { MemoryGauge } from '../../model/ports/memory';
import type { Metrics } from '../../model/ports/telemetry';
import { instruments } from '../../telemetry/names';

/**
 * - `memory`: the heap is nearly full;
 * - `executions`: more are at work than may be kept in memory;
 * - `flushes`: more wait to be written than some commits can hold.
 */
export const pressureCauses = ['memory', 'executions', 'flushes'] as const;
export type PressureCause = (typeof pressureCauses)[number];

export interface PressureBounds {
  /** Executions in memory. Copies at rest leave when there are more, so these are at work. */
  readonly liveExecutions: number;
  /** Executions with something to write. */
  readonly unwritten: number;
}

/** How far memory falls before more is begun: else each execution that ends would let another one in. */
const relievedPart = 0.9;
/** Reading the heap is cheap, and not free. */
const memoryEveryMs = 250;

export class Pressure {
  readonly #on = new Set<PressureCause>();
  #memoryReadAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ports: {
      readonly bounds: PressureBounds;
      /** Without it memory is no cause. */
      readonly memory?: MemoryGauge;
      readonly nowMs: () => number;
      readonly metrics: Metrics;
      /** Memory was read, and there is too little: let go of what can be had again. */
      readonly relieve: () => void;
    },
  ) {}

  get causes(): readonly PressureCause[] {
    return [...this.#on];
  }

  get isOn(): boolean {
    return this.#on.size > 0;
  }

  measure({ live, unwritten }: { readonly live: number; readonly unwritten: number }): void {
    const { bounds } = this.ports;
    this.#set('executions', live > bounds.liveExecutions);
    this.#set('flushes', unwritten > bounds.unwritten);
    this.#measureMemory();
  }

  #measureMemory(): void {
    const { memory, nowMs, relieve } = this.ports;
    if (!memory || nowMs() - this.#memoryReadAtMs < memoryEveryMs) return;
    this.#memoryReadAtMs = nowMs();
    const used = memory.used();
    this.#set('memory', used > memory.most * (this.#on.has('memory') ? relievedPart : 1));
    if (this.#on.has('memory')) relieve();
  }

  #set(cause: PressureCause, isOn: boolean): void {
    if (this.#on.has(cause) === isOn) return;
    if (isOn) this.#on.add(cause);
    else this.#on.delete(cause);
    this.ports.metrics.set({ gauge: instruments.pressure, value: isOn ? 1 : 0, labels: { cause } });
  }
}
