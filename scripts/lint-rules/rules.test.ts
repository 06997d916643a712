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
    { code: "import { v4 } from 'uuid';", errors: [{ message: /crypto\.randomUUID\(\) is replayed/ }] },
    { code: "import { nanoid } from 'nanoid/non-secure';", errors: [{ messageId: 'crypto' }] },
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
    'function hash(crypto: Hasher) { return crypto.subtle; }',
    workflow('return AbortSignal.abort().reason;'),
  ],
  invalid: [
    { code: workflow('setTimeout(() => 1, 5);'), errors: [{ message: /Use await context\.sleep/ }] },
    { code: workflow('await fetch("x");'), errors: [{ message: /context\.actions\.yourAction/ }] },
    { code: workflow('return process.env.LIMIT;'), errors: [{ message: /initial data/ }] },
    { code: workflow('console.log("x");'), errors: [{ message: /context\.logger/ }] },
    { code: workflow('return globalThis.cache;'), errors: [{ messageId: 'refused' }] },
    { code: 'const later = { run: setInterval };', errors: [{ message: /loop with await context\.sleep/ }] },
    { code: workflow('const late = AbortSignal.timeout(5);'), errors: [{ message: /timeout of a wait/ }] },
    { code: workflow('const p = crypto.subtle.digest("SHA-256", x); await p;'), errors: [{ message: /in an action/ }] },
    { code: workflow('const { subtle } = crypto;'), errors: [{ messageId: 'refused' }] },
    { code: workflow('return performance.timeOrigin;'), errors: [{ message: /Date\.now/ }] },
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
    taken('let turn = actions.a({}); turn = actions.b({}); await turn;'),
    workflow('const all = Promise.all([context.actions.a({})]); await all;'),
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
    { code: workflow('const p = new Promise(() => 1); await p;'), errors: [{ messageId: 'promise' }] },
    { code: workflow('const p = new Promise(() => 1); await p.then(() => 2); await p;'), errors: 1 },
    { code: workflow('const page = fetch("x"); await Promise.all([page]);'), errors: [{ messageId: 'foreign' }] },
  ],
});

tester.run('no-race-of-async', rules['no-race-of-async'], {
  valid: [
    taken('await Promise.race([events.waitFor("A"), sleep("1 day"), actions.slow({})]);'),
    taken('await Promise.race([actions.a({}).then(() => "a"), actions.b({})]);'),
    `async function pay({ actions }: WorkflowContext) { await actions.pay({}); }
     ${workflow('await Promise.race([pay(context), context.sleep(1)]);')}`,
    taken('await Promise.all([(async () => { await events.waitFor("A"); })()]);'),
    taken('const list = ["a", "b"].map((name) => events.waitFor(name)); await Promise.race(list);'),
    taken('const list = ["a", "b"].map(async (n) => actions.pay({ n })); await Promise.race([...list, sleep(1)]);'),
    taken('const list = ["a"].map(async (n) => events.waitFor(n)); await Promise.all(list);'),
    taken('const waits = []; waits.push(events.waitFor("A")); await Promise.race(waits);'),
    taken('const wait = events.waitFor("A"); await Promise.race([wait, sleep(1)]);'),
    workflow('await Promise.race(context.input.data.list);'),
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
    {
      code: taken('const list = ["a", "b"].map(async () => events.waitFor("N")); await Promise.race(list);'),
      errors: [{ message: /eats the next event/ }],
    },
    {
      code: taken('const f = async () => { await events.waitFor("N"); }; await Promise.race([...[f(), f()]]);'),
      errors: 2,
    },
    { code: taken('const f = async () => events.waitFor("N"); const one = f(); await Promise.any([one]);'), errors: 1 },
    { code: taken('const w = events.waitFor("A"); await Promise.race([w.then(() => 1), sleep(1)]);'), errors: 1 },
    { code: taken('await Promise.race(Array.from([1], async () => { await events.waitFor("A"); }));'), errors: 1 },
    { code: taken('const l = []; l.push((async () => events.waitFor("A"))()); await Promise.race(l);'), errors: 1 },
    {
      code: taken(
        'const f = async () => events.waitFor("A"); await Promise.race(Object.values({ a: f(), b: sleep(1) }));',
      ),
      errors: 1,
    },
    {
      code: `async function ask(context: WorkflowContext) { await context.events.waitFor("A"); }
             ${workflow('await Promise.race(["a", "b"].map(() => { return ask(context); }).concat([]));')}`,
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
    'registerHooks({ run: async (c) => { c.actions.a({}); } });',
    'const list = [1].map((c) => { c.sleep(1); });',
  ],
  invalid: [
    { code: taken('actions.a({});'), errors: [{ message: /await actions\.a\(/ }] },
    { code: taken('void events.waitFor("A");'), errors: 1 },
    { code: workflow('context.children.run("Other");'), errors: 1 },
    { code: workflow('context.events.emit("A");'), errors: [{ message: /await context\.events\.emit\(/ }] },
    { code: workflow('const { sleep: rest } = context; rest(5);'), errors: 1 },
    { code: 'defineWorkflow({ name: "A", run: async (c) => { c.actions.a({}); } });', errors: 1 },
    { code: 'async function go(c) { c.sleep(5); } export const it = defineWorkflow({ run: go });', errors: 1 },
    { code: 'const go = async (c) => { c.sleep(5); }; runtime.registerWorkflow(go);', errors: 1 },
    { code: 'export const go: WorkflowFunction = async (c) => { c.sleep(5); };', errors: 1 },
    { code: 'const it: WorkflowDefinition = { name: "A", run: async (c) => { c.sleep(5); } };', errors: 1 },
    { code: 'const it = { run: async (c) => { c.sleep(5); } } satisfies WorkflowDefinition;', errors: 1 },
    { code: 'async function part(c: Pick<WorkflowContext, "sleep">) { c.sleep(5); }', errors: 1 },
    { code: 'async function part(mail: WorkflowContext["events"]) { mail.waitFor("A"); }', errors: 1 },
  ],
});

tester.run('no-module-state', rules['no-module-state'], {
  valid: [
    'const limits = new Map(); limits.set("a", 1);',
    workflow('const seen: string[] = []; seen.push("a"); let n = 0; n += 1; context.data.set("n", n);'),
    `const limit = 5; ${workflow('return limit + 1;')}`,
    `const limit = 5; ${workflow('let left = limit; left -= 1; const [first] = [limit]; return first;')}`,
    `const seen = [1]; ${workflow('const own = [...seen]; own.push(2); const more = seen.slice(); more.push(3);')}`,
    `const about = { n: 1 }; ${workflow('return Object.assign({}, about);')}`,
    `const list = [1]; ${workflow('for (const each of list) { let own = each; own += 1; }')}`,
    `const shared = [1]; ${workflow('let own = shared; own = [...own]; own.push(2);')}`,
  ],
  invalid: [
    { code: `let count = 0; ${workflow('count += 1;')}`, errors: [{ message: /context\.data\.set/ }] },
    { code: `let count = 0; ${workflow('count++;')}`, errors: 1 },
    { code: `const cache = new Map(); ${workflow('cache.set("a", 1);')}`, errors: 1 },
    { code: `const seen: string[] = []; ${workflow('seen.push("a");')}`, errors: 1 },
    { code: `const about = { n: 1 }; ${workflow('about.n = 2; delete about.n;')}`, errors: 2 },
    { code: `import { shared } from './shared'; ${workflow('shared.count = 1;')}`, errors: 1 },
    { code: `const about = {}; ${workflow('Object.assign(about, { n: 1 });')}`, errors: [{ message: /"about"/ }] },
    { code: `let last = 0; ${workflow('[last] = [1];')}`, errors: 1 },
    { code: `let last = 0; ${workflow('({ at: last = 2 } = { at: 1 });')}`, errors: 1 },
    { code: `let last = 0; ${workflow('for (last of [1, 2]) { context.setState("x"); }')}`, errors: 1 },
    {
      code: `const cache = new Map(); ${workflow('const m = cache; m.set("a", 1);')}`,
      errors: [{ message: /"cache"/ }],
    },
    { code: `const about = { list: [1] }; ${workflow('const { list } = about; list.push(2);')}`, errors: 1 },
  ],
});
