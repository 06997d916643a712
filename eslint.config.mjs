// Lint rules. Which module may import which is checked apart: .dependency-cruiser.mjs.
import nextCoreWebVitals from 'eslint-config-next/core-web-vitals';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { deterministic } from './scripts/lint-rules/index.mjs';

const readsEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in lib/env.ts alone; take configuration as a parameter.',
};

export default defineConfig([
  globalIgnores(['.next*/', '.data/', 'node_modules/', 'next-env.d.ts', 'test-results/', 'shots/', 'bench/results/']),
  // A rule is followed or changed here for all; it is not switched off line by line.
  { linterOptions: { noInlineConfig: true } },
  ...nextCoreWebVitals,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // A port's in-memory adapter and a handler without waits are async because their type is.
      '@typescript-eslint/require-await': 'off',
      // Ports and contexts are objects of closures, made to be taken apart: `const { actions, setState } = context`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Tests look into parsed JSON and rows; a wrong guess about their shape fails the test.
    files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // The one place for the type of values that a workflow author reads without naming a type.
    // The examples are what authors may write, and some write `catch (error: any)`.
    files: ['lib/workflow/model/loose.ts', 'lib/workflow/testing/examples/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', readsEnvironment],
    },
  },
  {
    // Programs for a terminal, and tests that are steered by the environment.
    files: ['scripts/**', 'bench/**', 'e2e/**', '*.config.{ts,mjs}'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' },
  },
  // What these rules find cannot be brought back from a log; docs/testing-workflows.md tells of each.
  deterministic({
    files: ['workflows/**/*.ts'],
    ignores: ['workflows/actions/**', 'workflows/forms/**', 'workflows/**/*.test.ts'],
    triggers: ['INVOICE_SUBMITTED'],
  }),
  { files: ['lib/env.ts', 'lib/env.test.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    // Playwright's fixtures are used through a function called `use`, which is no React hook.
    files: ['e2e/**'],
    rules: { 'react-hooks/rules-of-hooks': 'off' },
  },
]);
