/**
 * What was typed in this tab and the server may not have yet, by task: a form that is opened again starts from it. It
 * outlives a reload, and a phone that put the page away, but not the tab; and it is for whoever typed it alone.
 */
import type { JsonObject } from '@/lib/forms/types';

const prefix = 'typed ';
const keyOf = ({ userId, taskId }: TypedBy) => `${userId} ${taskId}`;

/** Who typed it, and for which task. */
export interface TypedBy {
  readonly userId: string;
  readonly taskId: string;
}

/** As the page before this one left it. */
const fromBefore = readStorage();
const typed = new Map<string, JsonObject>(fromBefore);

export const typedHere = (by: TypedBy): JsonObject | undefined => typed.get(keyOf(by));

/** Whether something is here from before the page was loaded: the server has not drawn it. */
export const isFromBefore = (by: TypedBy): boolean => fromBefore.has(keyOf(by));

export function keepTyped(by: TypedBy, data: JsonObject): void {
  typed.set(keyOf(by), data);
  withStorage((storage) => storage.setItem(prefix + keyOf(by), JSON.stringify(data)));
}

export function forgetTyped(by: TypedBy): void {
  typed.delete(keyOf(by));
  withStorage((storage) => storage.removeItem(prefix + keyOf(by)));
}

/** Forgets what others typed who were signed in here before. */
export function forgetOthers(userId: string): void {
  for (const key of [...typed.keys()]) if (!key.startsWith(`${userId} `)) typed.delete(key);
  withStorage((storage) => {
    for (const key of Object.keys(storage)) {
      if (key.startsWith(prefix) && !key.startsWith(`${prefix}${userId} `)) storage.removeItem(key);
    }
  });
}

function readStorage(): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  withStorage((storage) => {
    for (const [key, text] of Object.entries(storage) as [string, string][]) {
      if (key.startsWith(prefix)) found.set(key.slice(prefix.length), JSON.parse(text) as JsonObject);
    }
  });
  return found;
}

/** Full, forbidden or not there (on the server): then the page itself still has it. */
function withStorage(work: (storage: Storage) => void): void {
  try {
    if (typeof sessionStorage !== 'undefined') work(sessionStorage);
  } catch {
    // What cannot be kept is not worth an error.
  }
}
