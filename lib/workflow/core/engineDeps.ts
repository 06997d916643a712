import type { Sql } from 'postgres';
import type { ExecutionLimits } from '../model/limits';
import type { AdmissionGate } from '../model/ports/admission';
import type { HintPublisher } from '../model/ports/hints';
import type { LivePublisher } from '../model/ports/live';
import type { Logger, Metrics } from '../model/ports/telemetry';

/** What the use-cases of a process share. */
export interface EngineDeps {
  readonly sql: Sql;
  readonly hints: HintPublisher;
  readonly live: LivePublisher;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How much one execution may hold; the defaults unless given. */
  readonly limits?: ExecutionLimits;
  /** Where work comes from outside: refuses it while too much waits. */
  readonly admission?: AdmissionGate;
  /** Who is signed in, where there are sessions: in the web process, while it answers a request. */
  readonly currentSession?: () => Promise<{ readonly tenant: string | null; readonly userId: string } | null>;
}
