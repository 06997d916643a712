import { createServer } from 'node:net';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { isUnreachable } from './unreachable';

it('knows the error of a client whose database does not answer', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  const sql = postgres({ host: '127.0.0.1', port, max: 1 });
  const error = await sql`SELECT 1`.catch((thrown: unknown) => thrown);
  await sql.end({ timeout: 1 });
  expect(isUnreachable(error)).toBe(true);
  expect(isUnreachable(new Error('relation does not exist'))).toBe(false);
});
