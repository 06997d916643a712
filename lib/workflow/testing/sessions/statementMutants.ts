/**
 * Faults of design whose remedy is in the product's SQL: each a patch to it, to be noticed on Postgres. The simulation
 * knows the same faults as changes of the store that it has in memory.
 */
import { loadPatched, type Patch } from '../simulation/patchedWorker';
import type { Statements } from './statements/statements';

export interface StatementMutant {
  readonly name: string;
  readonly patches: readonly Patch[];
}

const take = 'persistence/executions/takeEntries.ts';
const flush = 'persistence/executions/flushExecutions.ts';
const results = 'persistence/actions/actionResults.ts';
const submit = 'core/submitEvent.ts';

/** Every transaction of an action begins with this statement. */
const beginningWith = (statement: string): Patch => ({
  file: results,
  find: '        transactions,\n        isolationLevel,',
  replace: `        transactions: {
          ...transactions,
          run: (request) =>
            transactions.run({
              ...request,
              work: async (transaction) => {
                await transaction\`${statement}\`;
                return request.work(transaction);
              },
            }),
        },
        isolationLevel,`,
});

export const statementMutants: readonly StatementMutant[] = [
  {
    name: 'no fence',
    patches: [take, flush].map((file) => ({ file, find: ' AND EXISTS (SELECT 1 FROM fence)', replace: '' })),
  },
  {
    name: 'no fence at the end of an action',
    patches: [{ file: results, find: "if (fence.value.length === 0) return 'ownership_lost';", replace: '' }],
  },
  {
    name: 'heads are not compared',
    patches: [
      { file: take, find: ' AND w.head_seq = e.head_seq', replace: '' },
      { file: flush, find: ' AND e.head_seq = h.expected', replace: '' },
    ],
  },
  {
    name: 'acts on the inbox before taking it',
    patches: [
      { file: take, find: "import { assertNotFenced } from './fence';", replace: answersFirst() },
      { file: take, find: 'await sql.unsafe<TakenRow[]>(', replace: 'await answersFirst<TakenRow[]>(sql)(' },
    ],
  },
  {
    name: 'the lock of the head inside an action',
    patches: [beginningWith('SELECT 1 FROM workflow_executions WHERE execution_id = ${call.executionId} FOR UPDATE')],
  },
  {
    name: 'the heartbeat inside an action',
    patches: [beginningWith('SELECT 1 FROM workflow_worker_leases WHERE worker_id = ${workerId} FOR SHARE')],
  },
  {
    name: 'looks for new rows by id > last',
    patches: [
      {
        file: 'persistence/executions/findWork.ts',
        find: 'const rows = await sql.unsafe<FoundRow[]>(\n    findSql,',
        replace: `const before = youngest.get(sql) ?? 0;
  const [seen] = await sql\`SELECT coalesce(max(row_id), 0)::int AS row_id FROM workflow_events\`;
  youngest.set(sql, seen.row_id);
  const rows = await sql.unsafe<FoundRow[]>(
    findSql.replace('AND i.disposition IS NULL', \`AND i.disposition IS NULL AND i.row_id > \${before}\`),`,
      },
      {
        file: 'persistence/executions/findWork.ts',
        find: 'interface FoundRow {',
        replace: 'const youngest = new WeakMap();\ninterface FoundRow {',
      },
    ],
  },
  {
    name: 'fan-out looks before the commit of its event',
    patches: [
      {
        file: submit,
        find: "import { announceToWaits } from './announceToWaits';",
        replace:
          "import { fanOut } from './bus/fanOut';\nimport { createBusStore } from '../persistence/bus/busStore';",
      },
      {
        file: submit,
        find: '  const hints = stored.started;\n',
        replace: `  const hints = stored.started;
  const { event_id: eventId, name, payload } = event;
  await fanOut(createBusStore({ sql: tx as Sql }), [{ eventId, tenant, name, payload }]);
`,
      },
      {
        file: submit,
        find: `      await announceToWaits(deps, { eventId: event.event_id, tenant, name: event.name, payload: event.payload });
`,
        replace: '',
      },
    ],
  },
];

/** The take is answered before its commit, which comes a moment later. */
function answersFirst(): string {
  return `import { assertNotFenced } from './fence';
import { createTransactions } from '../transactions';
const transactionsOf = new WeakMap();
const answersFirst = <T>(sql: Sql) => (text: string, values: unknown[], options: object) =>
  new Promise<T>((resolve, reject) => {
    if (!transactionsOf.has(sql)) transactionsOf.set(sql, createTransactions({ sql }));
    const work = async (transaction) => {
      resolve(await transaction.unsafe(text, values, options));
      await new Promise((over) => setTimeout(over, 30));
    };
    transactionsOf.get(sql).run({ work }).catch(reject);
  });`;
}

/** The product's statements with these patches, in modules of their own. */
export async function loadStatements(patches: readonly Patch[]): Promise<Statements> {
  const parts = ['actions', 'bus', 'executions'].map((folder) => `persistence/${folder}`);
  const loaded = await loadPatched({
    folders: ['testing/sessions/statements', 'core', 'core/bus', 'persistence', ...parts],
    module: 'testing/sessions/statements/statements.ts',
    patches,
  });
  return (loaded as { statements: Statements }).statements;
}
