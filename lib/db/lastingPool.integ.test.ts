import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLastingPool } from './lastingPool';
import { createTestDatabase, type TestDatabase } from './testing/testDatabase';

/** Opens sockets for a client and hands out the last one. */
function openSockets(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  let last: net.Socket | undefined;
  const open = () =>
    new Promise<net.Socket>((resolve, reject) => {
      const socket = net.connect(Number(port), hostname, () => resolve(socket));
      socket.once('error', reject);
      last = socket;
    });
  return { open, last: () => last };
}

describe('a pool over connections that are lost', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('goes on after a statement was about to be written in the moment in which its connection closed', async () => {
    const sockets = openSockets(database.url);
    const options = { max: 1, socket: sockets.open, connect_timeout: 5, onnotice: () => undefined };
    const sql = createLastingPool(database.url, options);
    await sql`SELECT 1`;
    const unlucky = await new Promise<unknown>((resolve) => {
      setTimeout(() => {
        // The event loop tells of the end of a socket behind its immediates, and the client writes in the next ones.
        sockets.last()?.destroy();
        setImmediate(() => void sql`SELECT 2`.catch(resolve));
      });
    });
    expect(unlucky).toMatchObject({ code: 'CONNECTION_CLOSED' });
    const ask = () =>
      sql<{ n: number }[]>`SELECT 3 AS n`.then(
        ([row]) => row?.n,
        () => null,
      );
    await expect.poll(ask).toBe(3);
    await sql.end({ timeout: 1 });
  });

  it('knows what was read of the types of the database with its next client too', async () => {
    const sockets = openSockets(database.url);
    const options = { max: 1, socket: sockets.open, onnotice: () => undefined };
    const sql = createLastingPool(database.url, options);
    const ask = () => sql<{ list: number[] }[]>`SELECT ${[1, 2]}::int[] AS list`.then(([row]) => row?.list);
    expect(await ask()).toEqual([1, 2]);
    const first = sockets.last();
    first?.destroy();
    await expect.poll(() => ask().catch(() => null)).toEqual([1, 2]);
    expect(sockets.last()).not.toBe(first);
    await sql.end({ timeout: 1 });
  });

  it('ends with all of its clients, and sends nothing after that', async () => {
    const sql = createLastingPool(database.url, { max: 1, onnotice: () => undefined });
    await sql`SELECT 1`;
    await sql.end({ timeout: 1 });
    await expect(sql`SELECT 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
  });
});
