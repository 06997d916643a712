/** Pages of the running product as Lighthouse sees them, each in the name of the person who meets it. */
import lighthouse, { desktopConfig, type Result } from 'lighthouse';
import { chromium, type Browser } from 'playwright';
import { signInToDemo } from './demoSignIn.mjs';
import { pickFreePort } from './ports.mjs';
import { shotPages } from './shotPages.mjs';

/** A page of substance: every other one is made of the same parts. */
export const auditedNames = [
  'sign-in',
  'invoices',
  'invoice-new',
  'inbox',
  'task',
  'settings',
  'executions',
  'execution-waiting',
  'members',
  'roles',
  'task-definitions',
  'form-author',
  'health-tenant',
  'docs-api',
] as const;

/** Those, and all others that are made in another way: for what can be asked in two or three seconds. */
export const lookedAtNames = [
  ...auditedNames,
  'invoice-waiting',
  'task-done',
  'dead-letters',
  'attachments',
  'task-definition',
  'task-definition-new',
  'form-version',
  'health-platform',
  'docs-error',
  'forbidden',
  'not-found',
] as const;

/** For accessibility no time is measured, so that a page need not be quiet for long, nor come with an empty cache. */
const hasty: Parameters<typeof lighthouse>[2] = {
  extends: 'lighthouse:default',
  settings: {
    pauseAfterFcpMs: 0,
    pauseAfterLoadMs: 250,
    networkQuietThresholdMs: 250,
    cpuQuietThresholdMs: 0,
    disableFullPageScreenshot: true,
    disableStorageReset: true,
    skipAboutBlank: true,
  },
};

export interface FoundPage {
  readonly name: string;
  readonly address: string;
  /** The header that shows who asks; null: nobody. */
  readonly cookie: string | null;
}

export type AuditCategory = 'performance' | 'accessibility' | 'best-practices';

/** Points are of 100; null: not asked for. */
export interface PageAudit {
  readonly performance: number | null;
  readonly accessibility: number | null;
  readonly bestPractices: number | null;
  /** Milliseconds, as Lighthouse reckons them for the device; `cls` has no unit. */
  readonly vitals: Readonly<Record<'fcpMs' | 'lcpMs' | 'tbtMs' | 'speedIndexMs' | 'cls', number | null>>;
  /** As they came over the network, compressed. */
  readonly scriptBytes: number;
  readonly fontBytes: number;
  readonly allBytes: number;
  /** What costs points, and where. */
  readonly findings: Readonly<Record<'accessibility' | 'best-practices', readonly string[]>>;
}

export interface Auditor {
  /** Where the pages are, and what shows who asks. Pages for which the data has nothing are left out. */
  find(names: readonly string[]): Promise<readonly FoundPage[]>;
  audit(page: FoundPage, categories: readonly AuditCategory[]): Promise<PageAudit>;
  stop(): Promise<void>;
}

/** Starts a browser of its own for the product at `baseURL`. */
export async function startAuditor({
  baseURL,
  executablePath,
  device,
}: {
  readonly baseURL: string;
  /** Playwright's own browser unless given. */
  readonly executablePath: string | undefined;
  readonly device: 'phone' | 'desktop';
}): Promise<Auditor> {
  const port = Number(await pickFreePort());
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      `--remote-debugging-port=${port}`,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    find: (names) => findPages({ browser, baseURL, names }),
    audit: async ({ address, cookie }, categories) => {
      const flags = {
        port,
        logLevel: 'error' as const,
        output: 'json' as const,
        onlyCategories: [...categories],
        // Pages that refuse are pages too.
        ignoreStatusCode: true,
        ...(cookie !== null && { extraHeaders: { Cookie: cookie } }),
      };
      const url = new URL(address, baseURL);
      const isHasty = categories.every((category) => category === 'accessibility');
      const config = isHasty ? hasty : device === 'desktop' ? desktopConfig : undefined;
      // On a busy machine the browser's own records are incomplete at times: then Lighthouse asks to be run again.
      let lhr: Result | undefined;
      for (let attempt = 1; attempt <= 3 && (lhr === undefined || lhr.runtimeError); attempt += 1) {
        lhr = (await lighthouse(url.href, flags, config))?.lhr;
      }
      if (lhr === undefined || lhr.runtimeError) {
        throw new Error(`${address} could not be looked at: ${lhr?.runtimeError?.message ?? 'no answer'}`);
      }
      if (new URL(lhr.finalDisplayedUrl).pathname !== url.pathname) {
        throw new Error(`${address} led to ${lhr.finalDisplayedUrl}.`);
      }
      return auditOf(lhr);
    },
    stop: () => browser.close(),
  };
}

async function findPages({
  browser,
  baseURL,
  names,
}: {
  readonly browser: Browser;
  readonly baseURL: string;
  readonly names: readonly string[];
}): Promise<readonly FoundPage[]> {
  const chosen = shotPages.filter(({ name }) => names.includes(name));
  const found: FoundPage[] = [];
  for (const as of new Set(chosen.map((page) => page.as))) {
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    if (as !== null) await signInToDemo(page, as);
    for (const { name, open } of chosen.filter((each) => each.as === as)) {
      if (typeof open !== 'string' && (await open(page)) === false) continue;
      const cookies = (await context.cookies()).map((each) => `${each.name}=${each.value}`).join('; ');
      const address = typeof open === 'string' ? open : page.url().slice(new URL(baseURL).origin.length);
      found.push({ name, address, cookie: as === null ? null : cookies });
    }
    await context.close();
  }
  return names.flatMap((name) => found.find((page) => page.name === name) ?? []);
}

function auditOf({ categories, audits }: Result): PageAudit {
  const points = (id: AuditCategory) => {
    const score = categories[id]?.score;
    return score === undefined || score === null ? null : Math.round(score * 100);
  };
  const value = (id: string, digits = 0) => {
    const number = audits[id]?.numericValue;
    return number === undefined ? null : Number(number.toFixed(digits));
  };
  const requests = itemsOf(audits['network-requests']);
  const bytes = (kind?: string) =>
    requests.reduce((sum, { resourceType, transferSize }) => {
      const counts = typeof transferSize === 'number' && (kind === undefined || resourceType === kind);
      return counts ? sum + transferSize : sum;
    }, 0);
  const findings = (id: AuditCategory) =>
    (categories[id]?.auditRefs ?? []).flatMap(({ id: name, weight }) => {
      const audit = audits[name];
      if (weight === 0 || audit === undefined || audit.score === null || audit.score === 1) return [];
      const where = itemsOf(audit).map((item) => JSON.stringify(item).slice(0, 400));
      return [`${name}: ${audit.title}${where.map((text) => `\n  ${text}`).join('')}`];
    });
  return {
    performance: points('performance'),
    accessibility: points('accessibility'),
    bestPractices: points('best-practices'),
    vitals: {
      fcpMs: value('first-contentful-paint'),
      lcpMs: value('largest-contentful-paint'),
      tbtMs: value('total-blocking-time'),
      speedIndexMs: value('speed-index'),
      cls: value('cumulative-layout-shift', 3),
    },
    scriptBytes: bytes('Script'),
    fontBytes: bytes('Font'),
    allBytes: bytes(),
    findings: { accessibility: findings('accessibility'), 'best-practices': findings('best-practices') },
  };
}

type Item = Readonly<Record<string, unknown>>;
type AuditResult = Result['audits'][string];

function itemsOf(audit: AuditResult | undefined): readonly Item[] {
  const details = audit?.details;
  return details !== undefined && 'items' in details && Array.isArray(details.items) ? (details.items as Item[]) : [];
}
