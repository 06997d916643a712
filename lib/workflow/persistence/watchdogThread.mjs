/**
 * The thread of `watchdog.ts`. When the loop of the process stands still it gives a strike to each execution whose code
 * ran, ends the worker's lease so that others take over at once, and ends the process.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import postgres from 'postgres';

const { memory, layout, databaseUrl, workerId, sessionName, stallMs } = workerData;
const header = new Int32Array(memory, 0, 2);
const pollMs = Math.min(100, stallMs / 4);
const patienceMs = 2_000;

let lastRound = Atomics.load(header, layout.rounds);
let pollsWithout = 0;
// Starting a process may take a while: nothing is counted before its first round.
let hasBegun = false;

const timer = setInterval(() => {
  const round = Atomics.load(header, layout.rounds);
  if (round !== lastRound) {
    lastRound = round;
    pollsWithout = 0;
    hasBegun = true;
    return;
  }
  if (!hasBegun) return;
  pollsWithout += 1;
  if (pollsWithout * pollMs < stallMs) return;
  clearInterval(timer);
  void endProcess();
}, pollMs);

async function endProcess() {
  const suspects = readNames();
  const line = {
    level: 'error',
    workerId,
    suspects,
    msg: `The loop stood still for ${stallMs} ms; this process ends`,
  };
  try {
    writeSync(2, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody reads it.
  }
  await Promise.race([record(suspects).catch(() => undefined), new Promise((end) => setTimeout(end, patienceMs))]);
  process.kill(process.pid, 'SIGKILL');
}

function readNames() {
  const count = Math.min(Atomics.load(header, layout.names), layout.maxNames);
  const text = Buffer.from(memory, layout.headerBytes).toString('latin1', 0, count * layout.nameBytes);
  const names = Array.from({ length: count }, (_, at) =>
    text.slice(at * layout.nameBytes, (at + 1) * layout.nameBytes),
  );
  return [...new Set(names)].filter((name) => /^[0-9a-f-]{36}$/i.test(name));
}

async function record(suspects) {
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: sessionName },
  });
  await sql`
    WITH fence AS MATERIALIZED (
      SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
    ), struck AS (
      INSERT INTO workflow_suspects AS s (execution_id, partition_id, tenant_id, strikes, reason)
      SELECT execution_id, partition_id, tenant_id, 1, 'Its code did not yield.'
      FROM workflow_executions WHERE execution_id = ANY(${suspects}::uuid[])
        AND EXISTS (SELECT 1 FROM fence)
      ORDER BY execution_id
      ON CONFLICT (execution_id, partition_id) DO UPDATE
      SET strikes = s.strikes + 1, worker_id = NULL, reason = excluded.reason, last_at = now()
    )
    UPDATE workflow_worker_leases SET lease_until = clock_timestamp() WHERE worker_id = ${workerId}`;
}
