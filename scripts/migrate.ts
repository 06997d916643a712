// Applies pending migrations to DATABASE_URL: `node --import tsx scripts/migrate.ts`.
import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '../lib/db/migrateDatabase';

const url = process.env.DATABASE_URL;
if (url === undefined || url === '') {
  process.stderr.write('DATABASE_URL is not set: it names the database to migrate.\n');
  process.exit(1);
}

await migrateDatabase({ url, folder: fileURLToPath(new URL('../drizzle', import.meta.url)) });
