// How hints lie in Redis: one stream a partition, one consumer group on each, one entry a hint.
import type { Redis } from 'ioredis';
import type { ReceivedHint } from '../model/ports/hints';

/** The one consumer group of every hint stream. */
export const hintGroup = 'workers';

/** Entries older than this are cut off when new ones come: sweeps have found their rows long before. */
export const hintMaxAgeMs = 10 * 60_000;

/** The braces make the partition the whole hash tag, so that each stream has its slot in a Redis Cluster. */
export function hintStreamKey({
  prefix,
  partitionId,
}: {
  readonly prefix: string;
  readonly partitionId: number;
}): string {
  return `${prefix}hints:{p${partitionId}}`;
}

/** A stream that somebody reads. */
export interface HintStream {
  readonly partitionId: number;
  readonly key: string;
}

/** Makes the group (and the stream) where it is missing, from the beginning of what the stream holds. */
export async function ensureGroups({
  client,
  streams,
}: {
  readonly client: Redis;
  readonly streams: readonly HintStream[];
}): Promise<void> {
  const pipeline = client.pipeline();
  for (const { key } of streams) pipeline.xgroup('CREATE', key, hintGroup, '0', 'MKSTREAM');
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error !== null && !error.message.startsWith('BUSYGROUP')) throw error;
  }
}

/**
 * Takes over all entries that earlier readers of these streams left unacknowledged, and removes those readers.
 * Min-idle is 0: only the owner of a partition reads its stream, so whoever read it before has lost it.
 */
export async function reclaim({
  client,
  streams,
  consumer,
}: {
  readonly client: Redis;
  readonly streams: readonly HintStream[];
  readonly consumer: string;
}): Promise<readonly ReceivedHint[]> {
  const hints: ReceivedHint[] = [];
  let open = streams.map((stream) => ({ stream, cursor: '0-0' }));
  while (open.length > 0) {
    const pipeline = client.pipeline();
    for (const { stream, cursor } of open) {
      pipeline.xautoclaim(stream.key, hintGroup, consumer, 0, cursor, 'COUNT', 256);
    }
    const replies = valuesOf(await pipeline.exec());
    open = open.flatMap(({ stream }, index) => {
      const [cursor, entries] = replies[index] as [string, RawEntry[], ...unknown[]];
      hints.push(...parseEntries({ stream, entries }));
      return cursor === '0-0' ? [] : [{ stream, cursor }];
    });
  }
  await removeReaders({ client, streams, which: (name) => name !== consumer });
  return hints;
}

/** Removes readers that hold nothing. One that holds entries stays, since removing it would lose them. */
export async function removeReaders({
  client,
  streams,
  which,
}: {
  readonly client: Redis;
  readonly streams: readonly HintStream[];
  readonly which: (consumer: string) => boolean;
}): Promise<void> {
  const list = client.pipeline();
  for (const { key } of streams) list.xinfo('CONSUMERS', key, hintGroup);
  const replies = await list.exec();
  const removal = client.pipeline();
  for (const [index, { key }] of streams.entries()) {
    const [error, reply] = replies?.[index] ?? [null, []];
    if (error !== null) continue;
    for (const { name, pending } of (reply as unknown[]).map(parseReader)) {
      if (pending === 0 && which(name)) removal.xgroup('DELCONSUMER', key, hintGroup, name);
    }
  }
  if (removal.length > 0) await removal.exec();
}

// RESP2 sends field, value, field, value; RESP3 sends a map, which the client hands over in either form.
function parseReader(reader: unknown): { readonly name: string; readonly pending: number } {
  const fields = Array.isArray(reader)
    ? new Map<unknown, unknown>(pairs(reader))
    : new Map<unknown, unknown>(Object.entries(reader as object));
  return { name: String(fields.get('name')), pending: Number(fields.get('pending')) };
}

function pairs(flat: readonly unknown[]): [unknown, unknown][] {
  return flat.flatMap((item, index): [unknown, unknown][] => (index % 2 === 0 ? [[item, flat[index + 1]]] : []));
}

/** An entry as Redis sends it. Older servers send nil for one that was trimmed while it was pending. */
export type RawEntry = [id: string, fields: string[] | null] | null;

/** The hints in these entries; what is not a hint of ours is left out. */
export function parseEntries({
  stream,
  entries,
}: {
  readonly stream: HintStream;
  readonly entries: readonly RawEntry[];
}): ReceivedHint[] {
  return entries.flatMap((entry) => {
    if (entry === null) return [];
    const [token, fields] = entry;
    const executionId = fields?.[0] === executionField ? fields[1] : undefined;
    return executionId === undefined ? [] : [{ partitionId: stream.partitionId, executionId, token }];
  });
}

/** Name of the field that holds the execution id; short, because every entry repeats it. */
export const executionField = 'e';

/** Whether a command failed because the group or the stream is gone, as after a flush. */
export function isLostGroup(error: unknown): boolean {
  return error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message);
}

function valuesOf(replies: [Error | null, unknown][] | null): unknown[] {
  return (replies ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
