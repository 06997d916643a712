import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../lib/db/testing/testDatabase';
import { systemForms, systemTaskDefinitions } from '../workflows';

it(
  'has every system form and task definition after the seed, and nothing of the demo',
  { timeout: 240_000 },
  async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.url, { max: 1 });
    try {
      const { BATON_DEMO: _demo, REDIS_URL: _redis, ...env } = process.env;
      await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/seed.ts'], {
        env: { ...env, DATABASE_URL: database.url, BATON_DEMO: '' },
      });
      const definitions = await sql<{ task_type: string; form_name: string }[]>`
      SELECT d.task_type, f.name AS form_name FROM system_workflow_task_definitions d
      JOIN system_workflow_form_definitions f ON f.name = d.form_name`;
      expect(new Map(definitions.map((row) => [row.task_type, row.form_name]))).toEqual(
        new Map(systemTaskDefinitions.map(({ taskType, formName }) => [taskType, formName])),
      );
      expect(await sql`SELECT name FROM system_workflow_form_definitions`).toHaveLength(systemForms.length);
      expect(await sql`SELECT 1 FROM users`).toHaveLength(0);
    } finally {
      await sql.end();
      await database.drop();
    }
  },
);
