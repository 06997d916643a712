import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@shared\/workflow\//, replacement: `${root}lib/workflow/` },
      { find: /^@\//, replacement: root },
    ],
  },
  test: {
    env: { TZ: 'UTC' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{lib,components,workflows,worker,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.integ.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integ',
          // After the unit tests: the two ask for different numbers of workers.
          sequence: { groupOrder: 1 },
          include: ['{lib,workflows,worker,scripts,app}/**/*.integ.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['scripts/testing/globalSetup.ts'],
          maxWorkers: 2,
        },
      },
    ],
  },
});
