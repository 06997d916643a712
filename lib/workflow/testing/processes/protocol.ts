/** What the test and its worker processes tell each other. */
import type { ArmedPoint } from './killPoints';

/** Given on the command line, as JSON. */
export interface FixtureConfig {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly balanceMs: number;
  readonly sweepMs: number;
  /** How long the loop may stand still; 0: as long as it likes. */
  readonly stallMs: number;
  /** How long an execution waits at a worker without its code before its partition moves. */
  readonly deferralPatienceMs: number;
  /** How job workers hear of jobs: through Redis, or by looking alone; without either there are none. */
  readonly jobs: 'none' | 'BullMQ' | 'polled rows';
  /** Which of the workflows this process has code for; absent: all in their first version. */
  readonly code?: 'v1' | 'v1+v2';
}

export type ToWorker =
  /** The process has loaded its modules before: now it becomes a worker. */
  | { readonly type: 'run'; readonly workerId: string; readonly replaces: string | null }
  | { readonly type: 'arm'; readonly armed: ArmedPoint }
  | { readonly type: 'disarm' }
  | { readonly type: 'stop' };

export type FromWorker =
  { readonly type: 'loaded' } | { readonly type: 'running' } | { readonly type: 'armed' } | { readonly type: 'fenced' };

/** Exit codes by which the test tells ends apart. */
export const exitCodes = { stopped: 0, fenced: 17, failed: 18 } as const;
