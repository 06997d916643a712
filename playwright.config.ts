// Journeys in a real browser against a running product. `npm test` starts a throw-away one and says where it is:
//   E2E_BASE_URL  its address           E2E_RUN_FILE  its run.json, with the ids of its processes
import { existsSync } from 'node:fs';
import { defineConfig } from 'playwright/test';

// Debian's browser; elsewhere Playwright's own.
const debianChromium = '/usr/bin/chromium';
const executablePath = process.env.CHROMIUM ?? (existsSync(debianChromium) ? debianChromium : undefined);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI === 'true',
  reporter: 'list',
  use: {
    // What cannot be pressed after this is not there: it is said then, not at the end of the journey.
    actionTimeout: 60_000,
    baseURL: process.env.E2E_BASE_URL ?? 'http://localhost:3000',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Without pictures: drawing them takes longer than what is drawn; the page itself is recorded.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      ...(executablePath !== undefined && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
