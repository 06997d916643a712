// DBOS with client-side enqueue onto a database queue polled by the worker (POLL_MS).
process.env.DBOS_QUEUE = '1';
const m = await import('./dbos.mjs');
export const worker = m.worker,
  client = m.client;
