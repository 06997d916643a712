import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { WorkflowFunction } from '../lib/workflow/model/workflow';
import { testWorkflow, type Scenario } from '../lib/workflow/testing';

/** The first workflow of the README, as a reader would copy it. */
async function firstWorkflow(): Promise<WorkflowFunction> {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');
  const source = /```ts\n(\/\/ workflows\/purchaseRequest\.ts\n[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const encoded = `data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`;
  const { purchaseRequestWorkflow } = (await import(/* @vite-ignore */ encoded)) as Record<string, WorkflowFunction>;
  if (!purchaseRequestWorkflow) throw new Error('README.md shows no purchaseRequestWorkflow.');
  return purchaseRequestWorkflow;
}

const scenario: Scenario = {
  trigger: { name: 'PURCHASE_REQUESTED', payload: { item: 'Desk', requester: 'alice' }, userId: 'alice' },
  actions: { placeOrder: ({ item }) => ({ orderId: `order of ${item as string}` }) },
};

describe('the first workflow of the README', () => {
  it('orders what a manager approves', async () => {
    const answer = { outcome: 'approve', by: 'mia', after: '2 hours' };
    const run = await testWorkflow(await firstWorkflow(), { ...scenario, tasks: { approve_purchase: answer } });
    expect(run).toMatchObject({ status: 'completed', state: 'ordering' });
    expect(run.actionCalls).toMatchObject([{ name: 'placeOrder', params: { item: 'Desk' } }]);
    expect(run.tasks).toMatchObject([
      { title: 'Approve: Desk', candidateRoles: ['manager'], excludedUsers: ['alice'] },
    ]);
  });

  it('orders nothing that is declined, or that nobody decides in five days', async () => {
    const declined = { ...scenario, tasks: { approve_purchase: { outcome: 'reject', by: 'mia' } } };
    for (const each of [declined, scenario]) {
      const run = await testWorkflow(await firstWorkflow(), each);
      expect(run).toMatchObject({ status: 'completed', state: 'declined', actionCalls: [] });
    }
  });
});
