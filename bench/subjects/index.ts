import type { SubjectName } from '../protocol';
import type { Subject } from './subject';

/** Loads a subject alone, so that the floors do not carry the product's modules. */
export async function loadSubject(name: SubjectName): Promise<Subject> {
  if (name === 'ours') return (await import('./ours')).ours;
  const { floorSubject } = await import('./floor');
  return floorSubject(name === 'floor' ? 'single' : 'batched');
}
