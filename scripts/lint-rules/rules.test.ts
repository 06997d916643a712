import { type Rule, RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, describe, it } from 'vitest';
import { workflowRules } from './index.mjs';

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;
Object.assign(RuleTester, { afterAll });

const tester = new RuleTester({
  languageOptions: { parser: tseslint.parser, ecmaVersion: 2023, sourceType: 'module' },
});
// The plugin is plain JavaScript: what it is meant to be is said here.
const rules = workflowRules.rules as unknown as Record<keyof typeof workflowRules.rules, Rule.RuleModule>;
const workflow = (body: string) => `async function aWorkflow(context: WorkflowContext) { ${body} }`;
const taken = (body: string) =>
  `async function aWorkflow({ actions, events, sleep, input, data }: WorkflowContext) { ${body} }`;

tester.run('no-io-imports', rules['no-io-imports'], {
  valid: [
    "import type { Stats } from 'node:fs';",
    "import { type Stats } from 'node:fs';",
    "import { join } from 'node:path';",
    "import { z } from 'zod';",
    "import { helper } from './helper';",
    "import type { WorkflowContext } from '@shared/workflow/authoring';",
  ],
  invalid: [
    { code: "import { readFile } from 'node:fs/promises';", errors: [{ messageId: 'inAction' }] },
    { code: "import http from 'http';", errors: [{ messageId: 'inAction' }] },
    { code: "import { setTimeout } from 'node:timers/promises';", errors: [{ message: /context\.sleep/ }] },
    { code: "import { randomUUID } from 'node:crypto';", errors: [{ message: /crypto\.randomUUID\(\) is replayed/ }] },
    { code: "import axios from 'axios';", errors: [{ message: /context\.actions\.yourAction/ }] },
    { code: "import { S3 } from '@aws-sdk/client-s3';", errors: [{ messageId: 'inAction' }] },
    { code: "const fs = require('fs');", errors: [{ messageId: 'inAction' }] },
    { code: "const load = () => import('node:net');", errors: [{ messageId: 'inAction' }] },
    { code: "export * from 'node:os';", errors: [{ messageId: 'inAction' }] },
  ],
});

tester.run('no-side-effects', rules['no-side-effects'], {
  valid: [
    workflow('const at = new Date(); const luck = Math.random(); return crypto.randomUUID();'),
    workflow('await context.sleep("1 day"); context.logger.info("x");'),
    taken('await actions.fetch({ url: "x" });'),
    'const fetch = (x: number) => x; const one = fetch(1);',
    'interface A { process: string; fetch(): void }',
    'function of({ process }: { process: string }) { return process; }',
    'const options = { console: 1 };',
  ],
  invalid: [
    { code: workflow('setTimeout(() => 1, 5);'), errors: [{ message: /Use await context\.sleep/ }] },
    { code: workflow('await fetch("x");'), errors: [{ message: /context\.actions\.yourAction/ }] },
    { code: workflow('return process.env.LIMIT;'), errors: [{ message: /initial data/ }] },
    { code: workflow('console.log("x");'), errors: [{ message: /context\.logger/ }] },
    { code: workflow('return globalThis.cache;'), errors: [{ messageId: 'refused' }] },
    { code: 'const later = { run: setInterval };', errors: [{ message: /loop with await context\.sleep/ }] },
  ],
});

tester.run('await-context-only', rules['await-context-only'], {
  valid: [
    workflow('await context.actions.pay({}); await context.events.waitFor("A"); await context.sleep(1);'),
    taken('const [a] = await Promise.all([actions.a({}), actions.b({})]); return a;'),
    taken('await Promise.race([events.waitFor("A"), sleep(1)]);'),
    taken('const pending = actions.a({}); await pending;'),
    taken('await actions.a({}).catch(() => null);'),
    `import { helper } from './helper'; ${workflow('await helper(context);')}`,
    `async function part(context: WorkflowContext) {} ${workflow('await part(context);')}`,
    `import { race } from '@shared/workflow/authoring'; ${workflow('await race(context);')}`,
    workflow('const { executeActions } = context; await executeActions([]);'),
  ],
  invalid: [
    { code: workflow('await new Promise(() => 1);'), errors: [{ message: /context\.sleep/ }] },
    { code: workflow('await import("./other");'), errors: [{ messageId: 'imports' }] },
    {
      code: `import { query } from '@/lib/db'; ${workflow('await query("x");')}`,
      errors: [{ message: /"query" is no part of the log.*context\.actions\.yourAction/ }],
    },
    { code: `import db from 'db'; ${workflow('await db.rows.find(1);')}`, errors: [{ messageId: 'foreign' }] },
    { code: workflow('await crypto.subtle.digest("a", b);'), errors: [{ messageId: 'foreign' }] },
    { code: workflow('await fetch("x").then((r) => r.json());'), errors: [{ messageId: 'foreign' }] },
    { code: taken('await Promise.all([actions.a({}), fetch("x")]);'), errors: [{ messageId: 'foreign' }] },
    { code: workflow('for await (const row of stream()) { use(row); }'), errors: [{ messageId: 'foreign' }] },
    { code: 'const pause = async () => { return new Promise(() => 1); };', errors: [{ messageId: 'promise' }] },
  ],
});

tester.run('no-race-of-async', rules['no-race-of-async'], {
  valid: [
    taken('await Promise.race([events.waitFor("A"), sleep("1 day"), actions.slow({})]);'),
    taken('await Promise.race([actions.a({}).then(() => "a"), actions.b({})]);'),
    `async function pay({ actions }: WorkflowContext) { await actions.pay({}); }
     ${workflow('await Promise.race([pay(context), context.sleep(1)]);')}`,
    taken('await Promise.all([(async () => { await events.waitFor("A"); })()]);'),
  ],
  invalid: [
    {
      code: taken('await Promise.race([(async () => { await events.waitFor("A"); })(), sleep(1)]);'),
      errors: [{ message: /Pass the wait itself/ }],
    },
    {
      code: `async function ask({ events }: WorkflowContext) { return events.waitFor("A"); }
             ${workflow('await Promise.any([ask(context), context.actions.b({})]);')}`,
      errors: [{ message: /Promise\.any/ }],
    },
    { code: taken('await Promise.race([events.waitFor("A").then(() => 1), sleep(1)]);'), errors: 1 },
    {
      code: `const inner = async (context: WorkflowContext) => { await context.sleep(1); };
             const outer = (context: WorkflowContext) => inner(context);
             ${workflow('await Promise.race([outer(context), context.actions.a({})]);')}`,
      errors: 1,
    },
  ],
});

const triggers = [{ triggers: ['INVOICE_SUBMITTED'] }];
tester.run('no-wait-for-trigger', rules['no-wait-for-trigger'], {
  valid: [
    { code: taken('await events.waitFor("Approve");'), options: triggers },
    { code: taken('await events.waitFor("Approve"); await events.waitFor("INVOICE_SUBMITTED");'), options: triggers },
    taken('await events.waitFor(data.get("name"));'),
  ],
  invalid: [
    {
      code: taken('await actions.a({}); const e = await events.waitFor("INVOICE_SUBMITTED");'),
      options: triggers,
      errors: [{ message: /context\.input\.triggerEvent/ }],
    },
    {
      code: workflow('const { events } = context; await events.waitFor(["Go", "INVOICE_SUBMITTED"]);'),
      options: triggers,
      errors: [{ messageId: 'first' }],
    },
    {
      code: workflow('await context.events.waitFor(context.input.triggerEvent.name);'),
      errors: [{ messageId: 'own' }],
    },
    { code: taken('const { triggerEvent } = input; await events.waitFor([triggerEvent.type]);'), errors: 1 },
  ],
});

tester.run('no-floating', rules['no-floating'], {
  valid: [
    taken('await actions.a({}); const later = actions.b({}); await later;'),
    workflow('context.setState("x"); context.data.set("a", 1); context.logger.info("x");'),
    'function other(actions: Registrar) { actions.register("x"); }',
    workflow('context.children.start("Other"); await context.children.run("Other");'),
  ],
  invalid: [
    { code: taken('actions.a({});'), errors: [{ message: /await actions\.a\(/ }] },
    { code: taken('void events.waitFor("A");'), errors: 1 },
    { code: workflow('context.children.run("Other");'), errors: 1 },
    { code: workflow('context.events.emit("A");'), errors: [{ message: /await context\.events\.emit\(/ }] },
    { code: workflow('const { sleep: rest } = context; rest(5);'), errors: 1 },
  ],
});

tester.run('no-module-state', rules['no-module-state'], {
  valid: [
    'const limits = new Map(); limits.set("a", 1);',
    workflow('const seen: string[] = []; seen.push("a"); let n = 0; n += 1; context.data.set("n", n);'),
    `const limit = 5; ${workflow('return limit + 1;')}`,
  ],
  invalid: [
    { code: `let count = 0; ${workflow('count += 1;')}`, errors: [{ message: /context\.data\.set/ }] },
    { code: `let count = 0; ${workflow('count++;')}`, errors: 1 },
    { code: `const cache = new Map(); ${workflow('cache.set("a", 1);')}`, errors: 1 },
    { code: `const seen: string[] = []; ${workflow('seen.push("a");')}`, errors: 1 },
    { code: `const about = { n: 1 }; ${workflow('about.n = 2; delete about.n;')}`, errors: 2 },
    { code: `import { shared } from './shared'; ${workflow('shared.count = 1;')}`, errors: 1 },
  ],
});
