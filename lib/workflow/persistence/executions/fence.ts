import type { Sql } from 'postgres';
import { FencedError } from '../../model/ports/store';

/** Tells a fenced worker from one whose executions all changed under it. */
export async function assertNotFenced(sql: Sql, workerId: string): Promise<void> {
  const [worker] = await sql`SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL`;
  if (!worker) throw new FencedError(workerId);
}
