import { Linter } from 'eslint';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { refusedInWorkflows } from '../lib/workflow/core/refusedInWorkflows';
import { workflowRules } from './lint-rules/index.mjs';

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/determinism.md'), 'utf8');
const names = refusedInWorkflows.map(({ name }) => name);

describe('docs/determinism.md', () => {
  it('lists what workflow code is refused, and nothing else', () => {
    const [, refused = ''] = /\n## Refused\n([\s\S]*?)\n## /.exec(page) ?? [];
    const globals = refused.split('\n').map((line) => (line.startsWith('|') ? (line.split('|')[1] ?? '') : ''));
    const listed = globals.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    expect(listed.sort()).toEqual([...names].sort());
  });
});

describe('the lint rules', () => {
  it.each(names)('find %s too, before it runs', (name) => {
    const linter = new Linter();
    const found = linter.verify(
      `async function aWorkflow(context: WorkflowContext) { return ${name}; }`,
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { baton: workflowRules as object },
        rules: { 'baton/no-side-effects': 'error' },
      },
      'a.ts',
    );
    expect(found.map(({ ruleId }) => ruleId)).toContain('baton/no-side-effects');
  });
});
