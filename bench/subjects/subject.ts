/** What the bench needs of whoever does the work: a part in the client process and one in the worker process. */
import type { Sql } from 'postgres';
import type { CaseConfig, FloorCall, Kind } from '../protocol';

/** Told by the code under test, in the worker process. */
export interface Marks {
  /** Step `index` of an execution runs. Answers with what the step returns. */
  step(id: string, index: number): { readonly ok: true; readonly step: number; readonly id: string };
  /** The last line of the execution's code. */
  done(id: string): void;
}

export interface SubjectWorker {
  /** Calls of the client; only the floors take them. */
  call?(call: FloorCall): Promise<void>;
  stop(): Promise<void>;
}

export interface SubjectClient {
  /** Starts an execution; settles when that is committed. Answers with its id. */
  start(kind: Kind): Promise<string>;
  /** Sends the signal that an approval or a round waits for; settles when it is committed. */
  signal(id: string, round: number): Promise<void>;
  close(): Promise<void>;
}

export interface Subject {
  /** Whether the database needs the product's tables. */
  readonly needsMigrations: boolean;
  /** Makes what else it needs, before the worker starts. */
  prepare(sql: Sql): Promise<void>;
  worker(config: CaseConfig, marks: Marks): Promise<SubjectWorker>;
  client(callWorker: (call: FloorCall) => Promise<void>): Promise<SubjectClient>;
  /** How many executions the tables show ended well, and parked at their signal. */
  countDone(sql: Sql): Promise<number>;
  countParked(sql: Sql): Promise<number>;
  /** Reads the log of an execution and brings its code to the end of it. Answers with the milliseconds it took. */
  coldStart?(id: string): Promise<number>;
  /** What the tables show wrong when all is done; `ended` says how many executions of each kind there must be. */
  check(sql: Sql, ended: Readonly<Record<Kind, number>>): Promise<string[]>;
}
