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
    // Patience, not speed: a condition that comes true late on a busy machine is true all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{lib,components,workflows,worker,scripts,bench}/**/*.test.{ts,tsx}'],
          // Other folders have dependencies of their own.
          exclude: ['**/node_modules/**', '**/*.integ.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integ',
          // After the unit tests: the two ask for different numbers of workers.
          sequence: { groupOrder: 1 },
          include: ['{lib,workflows,worker,scripts,app}/**/*.integ.test.ts'],
          globalSetup: ['scripts/testing/globalSetup.ts'],
          maxWorkers: 2,
        },
      },
    ],
  },
});
