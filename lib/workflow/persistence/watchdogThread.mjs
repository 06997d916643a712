/**
 * The thread of `watchdog.ts`. When the loop of the process stands still it gives a strike to each execution that may be
 * why, ends the worker's lease so that others take over at once, and ends the process.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import postgres from 'postgres';

const { memory, layout, databaseUrl, workerId, sessionName, stallMs } = workerData;
const header = new Int32Array(memory, 0, 2);
const pollMs = Math.min(100, stallMs / 4);
const patienceMs = 2_000;
const inspectMs = 1_000;

let lastRound = Atomics.load(header, layout.rounds);
let pollsWithout = 0;

const timer = setInterval(() => {
  const round = Atomics.load(header, layout.rounds);
  if (round !== lastRound) {
    lastRound = round;
    pollsWithout = 0;
    return;
  }
  // Starting a process may take a while: nothing is counted before its first round. It may have come round, and stand
  // still since, before this thread began.
  if (round === 0) return;
  pollsWithout += 1;
  if (pollsWithout * pollMs < stallMs) return;
  clearInterval(timer);
  void endProcess();
}, pollMs);

async function endProcess() {
  const { handlers, stack } = await inspect();
  const suspects = findSuspects(handlers);
  const line = {
    level: 'error',
    workerId,
    suspects,
    stack,
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

/**
 * Each execution with the command and the reason. Whose handler runs is known exactly if it was blamed before; the first
 * time it is one of those that are under way, and they all get a strike that they lose once they are done.
 */
function findSuspects({ running = null, underWay = [] } = {}) {
  if (running !== null)
    return [{ ...running, reason: `The handler of its action ${running.commandId} did not yield.` }];
  const names = readNames();
  if (names.length > 0) {
    return names.map((executionId) => ({ executionId, commandId: null, reason: 'Its code did not yield.' }));
  }
  const byExecution = new Map(underWay.map((call) => [call.executionId, call]));
  return [...byExecution.values()].map(({ executionId, commandId }) => {
    return { executionId, commandId, reason: `A handler did not yield while its action ${commandId} was under way.` };
  });
}

/**
 * What runs on the loop that stands still, and where. V8 lets the inspector in even there. Nothing is known where the
 * inspector is not built in, or in a call that never returns to JavaScript.
 */
async function inspect() {
  let session;
  try {
    const { Session } = await import('node:inspector');
    session = new Session();
    session.connectToMainThread();
    const expression = `JSON.stringify({
      handlers: globalThis[Symbol.for('baton.handlersNow')]?.(), stack: new Error('It stands here').stack })`;
    const answer = await Promise.race([
      new Promise((resolve, reject) => {
        session.post('Runtime.evaluate', { expression, returnByValue: true }, (error, reply) =>
          error ? reject(new Error('The inspector refused.')) : resolve(reply.result.value),
        );
      }),
      new Promise((resolve) => setTimeout(resolve, inspectMs, null)),
    ]);
    return typeof answer === 'string' ? JSON.parse(answer) : {};
  } catch {
    return {};
  } finally {
    session?.disconnect();
  }
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
  const ids = suspects.map((each) => each.executionId);
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: sessionName },
  });
  await sql`
    WITH fence AS MATERIALIZED (
      SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
    ), struck AS (
      INSERT INTO workflow_suspects AS s (execution_id, partition_id, tenant_id, strikes, reason, command_id)
      SELECT e.execution_id, e.partition_id, e.tenant_id, 1, b.reason, b.command_id
      FROM unnest(${ids}::uuid[], ${suspects.map((each) => each.reason)}::text[],
                  ${suspects.map((each) => each.commandId)}::text[]) AS b(execution_id, reason, command_id)
      JOIN workflow_executions e ON e.execution_id = b.execution_id
      WHERE EXISTS (SELECT 1 FROM fence)
      ORDER BY e.execution_id
      ON CONFLICT (execution_id, partition_id) DO UPDATE
      SET strikes = s.strikes + 1, reason = excluded.reason, command_id = excluded.command_id,
          ran_ms = CASE WHEN s.worker_id = ${workerId} THEN ceil(extract(epoch FROM clock_timestamp() - s.last_at) * 1000)
                        ELSE s.ran_ms END,
          worker_id = NULL, last_at = now()
    ), others AS (
      -- Why the worker ends is known: it says nothing against what else was noted to run.
      UPDATE workflow_suspects SET worker_id = NULL
      WHERE worker_id = ${workerId} AND (strikes > 0 OR company > 0) AND execution_id <> ALL(${ids}::uuid[])
        AND EXISTS (SELECT 1 FROM fence) AND ${ids.length > 0}
    ), forgotten AS (
      DELETE FROM workflow_suspects
      WHERE worker_id = ${workerId} AND strikes = 0 AND company = 0 AND execution_id <> ALL(${ids}::uuid[])
        AND EXISTS (SELECT 1 FROM fence) AND ${ids.length > 0}
    )
    UPDATE workflow_worker_leases SET lease_until = clock_timestamp() WHERE worker_id = ${workerId}`;
}
