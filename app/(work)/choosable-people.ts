import type { Choosable } from '@/components/ui/person-field';
import { findColleagues } from '@/lib/queries/people';
import { findColleaguesAction } from '../find/actions';

/** Whom tasks can be handed to: the first by name, and how the others are found. */
export async function choosablePeople(tenant: string): Promise<Choosable> {
  return { ...(await findColleagues({ tenant })), find: findColleaguesAction };
}
