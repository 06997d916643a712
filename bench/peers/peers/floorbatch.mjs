process.env.FLOOR = 'batch';
const m = await import('./floor.mjs');
export const prepare = m.prepare,
  worker = m.worker,
  client = m.client;
