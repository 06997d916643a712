import postgres from 'postgres';
import { createTestDatabase } from '../../../db/testing/testDatabase';
import { createPostgresMembership } from '../../persistence/membership';
import { describeMembership } from './membershipContract';

describeMembership('Postgres', async () => {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  return {
    store: createPostgresMembership(sql),
    expireLease: async (workerId) => {
      await sql`
        UPDATE workflow_worker_leases SET lease_until = clock_timestamp() - interval '1 second'
        WHERE worker_id = ${workerId}`;
    },
    close: async () => {
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
});
