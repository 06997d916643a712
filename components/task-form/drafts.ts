/** What a person typed and did not send yet, kept in this browser tab so that a reload does not lose it. */
import { isJsonObject } from '@/lib/forms/json';
import type { JsonObject } from '@/lib/forms/types';

const PREFIX = 'baton:draft:';

export interface DraftKey {
  readonly key: string;
  /** A draft of another form version is not used. */
  readonly version: number | undefined;
}

export function readDraft({ key, version }: DraftKey): JsonObject | undefined {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null');
    const isMine = isJsonObject(stored) && stored.version === (version ?? null);
    return isMine && isJsonObject(stored.data) ? stored.data : undefined;
  } catch {
    // Storage may be switched off, or hold something else: then there is no draft.
    return undefined;
  }
}

export function writeDraft({ key, version }: DraftKey, data: JsonObject): void {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify({ version: version ?? null, data }));
  } catch {
    // A full or forbidden storage costs the draft, not the work.
  }
}

export function clearDraft({ key }: DraftKey): void {
  try {
    sessionStorage.removeItem(PREFIX + key);
  } catch {
    // Without storage there is nothing to clear.
  }
}
