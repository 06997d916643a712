import { createHash } from 'node:crypto';
import { InvalidInputError } from '../model/errors';
import type { NewTaskRow } from '../model/ports/tasks';

/**
 * What the tasks that are one to people have in common: what the workflow says, and whatever must be the same for one
 * answer to serve them all, that is their type, their form's version, and who may and may not give it.
 * @throws InvalidInputError for a fingerprint that is no text.
 */
export function fingerprintOf(given: unknown, row: NewTaskRow): string | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string' || given === '') {
    throw new InvalidInputError('The fingerprint of a task is a text that is not empty.');
  }
  const { taskType, formId, candidateRoles, candidateUsers, excludedUsers } = row;
  const people = [candidateRoles, candidateUsers, excludedUsers].map((names) => [...new Set(names)].sort());
  const parts = JSON.stringify([given, taskType, formId, people]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}
