/** Many seeds of sessions, one after the other, on one database. */
import postgres from 'postgres';
import { publishRegistrations } from '../../persistence/registrations';
import { startedBody } from '../contract/startedBody';
import { driveSessions } from './sessionDrive';
import type { Statements } from './statements/statements';

/** What the sessions start has to be known to the database; call it once. */
export async function prepareSessions(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const { workflow: name, version } = startedBody('');
  await publishRegistrations(sql, [{ name, version }]);
  await sql.end();
}

export interface BrokenSeed {
  readonly seed: string;
  /** The first comes first. */
  readonly violations: readonly string[];
}

/** Drives the seeds in turn, and tells of each that broke a promise as soon as it has. */
export async function* brokenSeeds(options: {
  readonly seeds: Iterable<string>;
  readonly url: string;
  readonly statements: Statements;
}): AsyncGenerator<BrokenSeed> {
  const { seeds, url, statements } = options;
  for (const seed of seeds) {
    const violations = await driveSessions({ seed, url, statements });
    if (violations.length > 0) yield { seed, violations };
  }
}
