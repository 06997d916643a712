// Fills the database that DATABASE_URL names: `node --import tsx scripts/seed.ts`. Forms, task definitions and workflows
// of the product always; tenants, people and invoices of the demo with BATON_DEMO=1. Can be run again at any time.
import { systemForms } from '../workflows/forms';
import { registerAll } from '../workflows';
import { systemTaskDefinitions } from '../workflows/taskDefinitions';
import { closeDatabase, rawSql } from '../lib/db/client';
import { env } from '../lib/env';
import { connectFromEnvironment, getWorkflowRuntime, provideEngine, publishSystemDefinitions } from '../lib/workflow';
import { seedDemoAttachments } from './seeding/demoAttachments';
import { seedDemoInvoices } from './seeding/demoInvoices';
import { seedDemoPeople } from './seeding/demoPeople';

const deps = await connectFromEnvironment();
provideEngine(deps);
try {
  await publishSystemDefinitions({ forms: systemForms, taskDefinitions: systemTaskDefinitions });
  const runtime = getWorkflowRuntime();
  registerAll({ workflows: runtime.workflows, actions: runtime.actions });
  await runtime.publish();
  if (env().isDemo) {
    const sql = rawSql();
    await seedDemoPeople({ sql });
    await seedDemoAttachments({ sql });
    await seedDemoInvoices({ sql });
  }
} finally {
  await Promise.all([deps.hints.close(), deps.live.close()]);
  await closeDatabase();
}
