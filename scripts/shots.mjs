// `npm run shots`: takes every page of the running product in two widths and two themes, into shots/. The product is
// found by E2E_BASE_URL, else by the run.json that `npm start` leaves in DATA_DIR. Names as arguments limit the choice:
// `npm run shots -- inbox task`.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { composeMail } from '../lib/mail/composeMail.ts';
import { findOrInstallChromium } from './lib/chromium.mjs';
import { signInToDemo } from './lib/demoSignIn.mjs';
import { shotPages, visit } from './lib/shotPages.mjs';

const folder = fileURLToPath(new URL('../shots/', import.meta.url));
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const themes = ['light', 'dark'];
/** What a phone calls itself. */
const phone =
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';
const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];

function productAddress() {
  if (process.env.E2E_BASE_URL) return process.env.E2E_BASE_URL;
  const file = path.join(process.env.DATA_DIR || '.data', 'run.json');
  if (!fs.existsSync(file)) return undefined;
  return `http://localhost:${JSON.parse(fs.readFileSync(file, 'utf8')).port}`;
}

/** What is still on its way when a page has loaded: fonts, skeletons, the marks that only the browser can draw. */
async function settle(page) {
  await page.waitForLoadState('load');
  // Some parts load only once they are near: each is gone to until none is left, and then back to the top.
  const skeleton = page.locator('.sk').first();
  const isDone = () =>
    skeleton.waitFor({ state: 'detached', timeout: 1000 }).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 90 && !(await isDone()); tries += 1) {
    await skeleton.scrollIntoViewIfNeeded({ timeout: 1000 }).catch(() => undefined);
  }
  await skeleton.waitFor({ state: 'detached', timeout: 1000 });
  await page.evaluate(() => scrollTo({ top: 0 }));
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
}

/** One person's pages in one width. A session is used for all of them. */
async function takePages({ browser, baseURL, size, as, pages, report }) {
  const context = await browser.newContext({
    baseURL,
    viewport: size,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...(size.width < 500 && { hasTouch: true, isMobile: true, userAgent: phone }),
  });
  const page = await context.newPage();
  // A product started for development compiles a page when it is first asked for.
  page.setDefaultTimeout(90_000);
  if (as !== null) await signInToDemo(page, as);
  for (const { name, open } of pages) {
    await page.emulateMedia({ colorScheme: 'light' });
    const shown = typeof open === 'string' ? await visit(page, open) : await open(page);
    if (shown === false) {
      report.missing.add(name);
      continue;
    }
    await settle(page);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: path.join(folder, `${name}-${size.width}-${colorScheme}.png`),
        animations: 'disabled',
      });
      report.taken += 1;
    }
  }
  await context.close();
}

/** A mail as a mail program shows it. */
async function takeMail({ browser, size, report }) {
  const page = await browser.newPage({ viewport: size });
  const { html } = composeMail(
    {
      mailId: 'mail',
      kind: 'assignment',
      cause: 'assigned',
      taskId: 'task',
      title: 'Approve invoice INV-0042 · Nordwind Logistics',
      dueAt: new Date('2026-11-27T15:00:00Z'),
      actorName: 'Olga Stein',
      to: { name: 'Mia Rossi', email: 'mia@acme.test', timeZone: 'Europe/Berlin' },
      attempts: 1,
      obsolete: null,
    },
    { publicUrl: 'https://baton.acme.test' },
  );
  await page.setContent(html);
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(folder, `mail-${size.width}-${colorScheme}.png`) });
    report.taken += 1;
  }
  await page.close();
}

const baseURL = productAddress();
if (baseURL === undefined) {
  console.error('Baton does not run here. Start it with `npm start`, or name its address in E2E_BASE_URL.');
  process.exit(1);
}
const executablePath = await findOrInstallChromium();
if (executablePath === undefined) {
  console.error('No Chromium was found. Install one, or name it in CHROMIUM.');
  process.exit(1);
}
const chosen = process.argv.slice(2);
const pages = shotPages.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
const report = { taken: 0, missing: new Set() };
fs.mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: browserArgs });
try {
  for (const size of sizes) {
    for (const as of new Set(pages.map((page) => page.as))) {
      await takePages({ browser, baseURL, size, as, pages: pages.filter((page) => page.as === as), report });
    }
    if (chosen.length === 0 || chosen.includes('mail')) await takeMail({ browser, size, report });
  }
} finally {
  await browser.close();
}
console.log(`${report.taken} pictures in shots/`);
if (report.missing.size > 0) console.log(`The data has nothing to show for: ${[...report.missing].join(', ')}`);
