/**
 * The floors: the least that an exactly recorded run costs on this Postgres. No replay, no retries, no owners: not an
 * engine, but the measure of one. `floor` commits each row by itself; in `batchFloor` all rows that wait while a commit
 * is under way share the next one, over two connections.
 */
import postgres, { type Sql } from 'postgres';
import { kinds, signalsOf, stepsOf, type CaseConfig, type Kind } from '../protocol';
import type { Marks, Subject, SubjectWorker } from './subject';

interface Writes {
  start(kind: Kind, id: string): Promise<unknown>;
  entry(id: string, seq: number, data: object, isLast: boolean): Promise<unknown>;
}

const connections = { single: 20, batched: 2 };
const rowsPerBatch = 500;
const signalSeq = 100_000;

export function floorSubject(mode: 'single' | 'batched'): Subject {
  return {
    needsMigrations: false,
    prepare: async (sql) => {
      await sql`
        CREATE TABLE floor_runs (id text PRIMARY KEY, kind text NOT NULL, state text NOT NULL DEFAULT 'running',
                                 created_at timestamptz NOT NULL DEFAULT now())`;
      await sql`
        CREATE TABLE floor_entries (run_id text NOT NULL, seq int NOT NULL, kind text NOT NULL, data jsonb NOT NULL,
                                    at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run_id, seq))`;
    },
    worker: async (config, marks) => floorWorker(config, marks, mode),
    client: async (callWorker) => {
      let last = 0;
      return {
        start: async (kind) => {
          last += 1;
          const id = `run-${last}`;
          await callWorker({ do: 'start', kind, id });
          return id;
        },
        signal: (id, round) => callWorker({ do: 'signal', id, round }),
        close: async () => undefined,
      };
    },
    countDone: async (sql) => count(await sql`SELECT count(*)::int FROM floor_runs WHERE state = 'done'`),
    countParked: async (sql) =>
      count(
        await sql`
        SELECT count(*)::int FROM floor_entries e JOIN floor_runs r ON r.id = e.run_id
        WHERE e.seq = 0 AND r.kind = 'approval' AND r.state = 'running'`,
      ),
    check,
  };
}

const count = (rows: readonly Record<string, unknown>[]): number => Number(rows[0]?.count ?? 0);

async function check(sql: Sql, ended: Readonly<Record<Kind, number>>): Promise<string[]> {
  const rows = await sql<{ kind: Kind; state: string; entries: number; runs: number }[]>`
    SELECT kind, state, entries, count(*)::int AS runs
    FROM floor_runs r, LATERAL (SELECT count(*)::int AS entries FROM floor_entries WHERE run_id = r.id) e
    GROUP BY 1, 2, 3`;
  const wrong = rows.filter(({ kind, state, entries }) => {
    const expected = stepsOf[kind] + signalsOf[kind];
    return state !== 'done' || entries !== expected;
  });
  const violations = wrong.map((row) => `${row.runs} runs of ${row.kind} are ${row.state} with ${row.entries} entries`);
  for (const kind of kinds) {
    const found = rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.runs, 0);
    if (found !== ended[kind]) violations.push(`${found} runs of ${kind} instead of ${ended[kind]}`);
  }
  return violations;
}

function floorWorker(config: CaseConfig, marks: Marks, mode: 'single' | 'batched'): SubjectWorker {
  const sql = postgres(config.databaseUrl, { max: connections[mode], onnotice: () => undefined });
  const writes = mode === 'batched' ? batchedWrites(sql) : singleWrites(sql);
  const waiting = new Map<string, () => void>();
  const step = (id: string, index: number, isLast: boolean) => writes.entry(id, index, marks.step(id, index), isLast);
  const signalled = (id: string, round: number) =>
    new Promise<void>((resolve) => waiting.set(`${id} ${round}`, resolve));
  const code: Record<Kind, (id: string) => Promise<unknown>> = {
    pipeline: async (id) => {
      for (let index = 0; index < stepsOf.pipeline; index += 1) await step(id, index, index === stepsOf.pipeline - 1);
    },
    approval: async (id) => {
      const signal = signalled(id, 0);
      await step(id, 0, false);
      await signal;
      await step(id, 1, true);
    },
    fanOut: (id) =>
      Promise.all(Array.from({ length: stepsOf.fanOut }, (_, index) => step(id, index, index === stepsOf.fanOut - 1))),
    rounds: async (id) => {
      let signal = signalled(id, 0);
      for (let round = 0; round < stepsOf.rounds; round += 1) {
        await signal;
        signal = signalled(id, round + 1);
        await step(id, round, round === stepsOf.rounds - 1);
      }
    },
    hello: (id) => step(id, 0, true),
  };
  return {
    call: async (call) => {
      if (call.do === 'signal') {
        await writes.entry(call.id, signalSeq + call.round, { signal: true }, false);
        const key = `${call.id} ${call.round}`;
        waiting.get(key)?.();
        waiting.delete(key);
        return;
      }
      await writes.start(call.kind, call.id);
      void code[call.kind](call.id).then(() => marks.done(call.id));
    },
    stop: () => sql.end({ timeout: 1 }),
  };
}

function singleWrites(sql: Sql): Writes {
  return {
    start: (kind, id) => sql`INSERT INTO floor_runs (id, kind) VALUES (${id}, ${kind})`,
    entry: (id, seq, data, isLast) => {
      const row = JSON.stringify(data);
      return isLast
        ? sql`
            WITH ended AS (UPDATE floor_runs SET state = 'done' WHERE id = ${id})
            INSERT INTO floor_entries (run_id, seq, kind, data) VALUES (${id}, ${seq}, 'step', ${row}::text::jsonb)`
        : sql`INSERT INTO floor_entries (run_id, seq, kind, data) VALUES (${id}, ${seq}, 'step', ${row}::text::jsonb)`;
    },
  };
}

interface Row {
  readonly op: 'start' | 'entry';
  readonly id: string;
  readonly kind?: Kind;
  readonly seq?: number;
  readonly data?: object;
  readonly last?: boolean;
}

function batchedWrites(sql: Sql): Writes {
  let waiting: { readonly row: Row; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  let lanes = 0;
  const write = (rows: readonly Row[]) => sql`
    WITH rows AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        AS r(op text, id text, kind text, seq int, data jsonb, last bool)
    ), started AS (
      INSERT INTO floor_runs (id, kind) SELECT id, kind FROM rows WHERE op = 'start'
    ), logged AS (
      INSERT INTO floor_entries (run_id, seq, kind, data)
      SELECT id, seq, 'step', data FROM rows WHERE op = 'entry' ORDER BY 1, 2
    )
    UPDATE floor_runs SET state = 'done' WHERE id IN (SELECT id FROM rows WHERE last)`;
  const flush = async (): Promise<void> => {
    lanes += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rowsPerBatch);
      waiting = waiting.slice(rowsPerBatch);
      try {
        await write(batch.map(({ row }) => row));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    lanes -= 1;
  };
  const add = (row: Row): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      if (lanes >= connections.batched) return;
      setImmediate(() => {
        if (lanes < connections.batched) void flush();
      });
    });
  return {
    start: (kind, id) => add({ op: 'start', id, kind }),
    entry: (id, seq, data, last) => add({ op: 'entry', id, seq, data, last }),
  };
}
