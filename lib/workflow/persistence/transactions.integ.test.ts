import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { ConnectionLostError, createTransactions, type Transactions } from './transactions';

let database: TestDatabase;
let sql: postgres.Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, {
    max: 3,
    onnotice: () => undefined,
    connection: { idle_in_transaction_session_timeout: 300 },
  });
  await sql`CREATE TABLE notes (text text NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)`;
});
afterEach(() => transactions.end());
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  transactions = createTransactions({ sql, max: 1 });
  await sql`TRUNCATE notes`;
});

const notes = async () => (await sql`SELECT text FROM notes ORDER BY text`).map((row) => row.text as string);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pidOf = async (transaction: postgres.Sql) =>
  (await transaction`SELECT pg_backend_pid() AS pid`)[0]?.pid as number;
const note = (text: string) =>
  transactions.run({ work: (transaction) => transaction`INSERT INTO notes VALUES (${text})`.then(() => text) });

describe('transactions', () => {
  it('commit what their work did and answer with its result', async () => {
    expect(await note('one')).toBe('one');
    expect(await notes()).toEqual(['one']);
  });

  it('roll back when their work rejects, and the next one is not affected', async () => {
    const failing = transactions.run({
      work: async (transaction) => {
        await transaction`INSERT INTO notes VALUES ('never')`;
        throw new Error('changed my mind');
      },
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await note('after');
    expect(await notes()).toEqual(['after']);
  });

  it('reject with the reason for which a commit was refused', async () => {
    await note('twice');
    await expect(note('twice')).rejects.toMatchObject({ code: '23505' });
    expect(await notes()).toEqual(['twice']);
  });

  it('run in the order of arrival when there are more than connections', async () => {
    const order: number[] = [];
    const runs = [1, 2, 3, 4].map((number) =>
      transactions.run({
        work: async (transaction) => {
          await transaction`SELECT 1`;
          order.push(number);
        },
      }),
    );
    await Promise.all(runs);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('run with the isolation level that was asked for', async () => {
    const level = await transactions.run({
      isolationLevel: 'SERIALIZABLE',
      work: async (transaction) => (await transaction`SHOW transaction_isolation`)[0]?.transaction_isolation as string,
    });
    expect(level).toBe('serializable');
  });
});

describe('a transaction that loses its connection', () => {
  it.each([
    [
      'during a statement',
      async (transaction: postgres.Sql) => {
        const pid = await pidOf(transaction);
        const sleeping = transaction`SELECT pg_sleep(5)`;
        setTimeout(() => void sql`SELECT pg_terminate_backend(${pid})`.catch(() => undefined), 50);
        await sleeping;
      },
    ],
    [
      'between two statements',
      async (transaction: postgres.Sql) => {
        await sql`SELECT pg_terminate_backend(${await pidOf(transaction)})`;
        await pause(50);
        await transaction`INSERT INTO notes VALUES ('second half')`;
      },
    ],
    [
      'because it idled for too long',
      async (transaction: postgres.Sql) => {
        await pause(600);
        await transaction`INSERT INTO notes VALUES ('second half')`;
      },
    ],
    [
      'after its last statement',
      async (transaction: postgres.Sql) => {
        await sql`SELECT pg_terminate_backend(${await pidOf(transaction)})`;
        await pause(50);
      },
    ],
    [
      'while nothing of it would notice',
      async (transaction: postgres.Sql) => {
        await sql`SELECT pg_terminate_backend(${await pidOf(transaction)})`;
        await new Promise(() => undefined);
      },
    ],
  ])('leaves nothing behind: %s', async (_, interrupt) => {
    const lost = transactions.run({
      work: async (transaction) => {
        await transaction`INSERT INTO notes VALUES ('first half')`;
        await interrupt(transaction);
      },
    });
    await expect(lost).rejects.toMatchObject({ name: 'ConnectionLostError', during: 'work' });
    await note('next');
    await pause(100);
    expect(await notes()).toEqual(['next']);
  });

  it('says so when nobody can know whether the commit came through', async () => {
    await sql.unsafe(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die()`);
    try {
      const error: unknown = await note('lost').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).toMatchObject({ during: 'commit', transient: true });
    } finally {
      await sql.unsafe('DROP TRIGGER die ON notes; DROP FUNCTION die()');
    }
    expect(await note('next')).toBe('next');
  });

  it('is told from one that never began', async () => {
    const nowhere = postgres('postgres://localhost:1/none', { max: 1, connect_timeout: 2, onnotice: () => undefined });
    const unreachable = createTransactions({ sql: nowhere });
    await expect(unreachable.run({ work: () => Promise.resolve() })).rejects.toMatchObject({ during: 'begin' });
    unreachable.end();
    await nowhere.end({ timeout: 0 });
  });
});
