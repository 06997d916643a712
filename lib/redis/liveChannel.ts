import { z } from 'zod';
import type { LiveChange } from '../workflow/model/ports/live';

/** The one pub/sub channel of change notices. Channels are shared by all logical databases of a Redis server. */
export function liveChannel(prefix: string): string {
  return `${prefix}live`;
}

const messageSchema = z.array(
  z.object({ tenant: z.string(), topic: z.enum(['task', 'execution', 'invoice', 'member']), id: z.string() }),
);

export function encodeLiveMessage(changes: readonly LiveChange[]): string {
  return JSON.stringify(changes);
}

/** The changes in a message; undefined for one that this version does not understand. */
export function decodeLiveMessage(text: string): readonly LiveChange[] | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
