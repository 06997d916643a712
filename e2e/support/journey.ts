// What every journey starts from: people with a browser each, and a watch over all of their pages. A console error, a
// request that fails or an exception on any page fails the journey, whatever else it looked at.
import { expect, test as base, type Browser, type BrowserContext, type Page } from 'playwright/test';
import { untilReady } from '../../scripts/lib/pageReady.mjs';
import { makeColleagues, type Colleague } from './colleagues';
import { openDatabase, type Database } from './database';

/** The people of the demo, by the names on the sign-in page. */
const demoNames = {
  alice: 'Alice Chen',
  mia: 'Mia Rossi',
  omar: 'Omar Haddad',
  gus: 'Gus Weber',
  pat: 'Pat Kowalski',
} as const;
type DemoPerson = keyof typeof demoNames;

type Person = DemoPerson | Colleague;
type ContextOptions = Parameters<Browser['newContext']>[0];
type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

interface JourneyFixtures {
  /** A page of a browser of its own, in which nobody is signed in. */
  readonly visitor: (options?: ContextOptions) => Promise<Page>;
  /** A page of a browser of its own, in which this person is signed in. */
  readonly as: (person: Person, options?: ContextOptions) => Promise<Page>;
  /** Adds a person for this journey alone, to a tenant that exists or to one of their own. */
  readonly colleague: ReturnType<typeof makeColleagues>;
}

interface WorkerFixtures {
  readonly database: Database;
  /** Sessions by person: signing in is one journey's subject, the others only need it done. */
  readonly sessions: Map<Person, StorageState>;
}

export const test = base.extend<JourneyFixtures, WorkerFixtures>({
  database: [
    // Playwright reads the names of needed fixtures from this pattern, so an empty one has to stand here.
    async ({}, use) => {
      const database = openDatabase();
      await use(database);
      await database.close();
    },
    { scope: 'worker' },
  ],
  sessions: [({}, use) => use(new Map()), { scope: 'worker' }],
  visitor: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    const problems: string[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watch(context, problems);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(problems, 'errors in the console, failed requests and exceptions of all pages').toEqual([]);
  },
  as: async ({ visitor, sessions }, use) => {
    await use(async (person, options) => {
      const storageState = sessions.get(person);
      const page = await visitor({ ...options, ...(storageState && { storageState }) });
      if (storageState === undefined) {
        await visit(page, '/sign-in');
        await signIn(page, person);
        sessions.set(person, await page.context().storageState());
      }
      return page;
    });
  },
  colleague: async ({ database }, use) => {
    await use(makeColleagues(database));
  },
});

/** Signs in on the sign-in page: one click for the demo's people, address and password for others. */
export async function signIn(page: Page, person: Person): Promise<void> {
  if (typeof person === 'string') {
    await page.getByRole('button', { name: demoNames[person] }).click();
  } else {
    await page.getByRole('button', { name: 'Sign in with e-mail instead' }).click();
    await page.getByRole('textbox', { name: 'E-mail' }).fill(person.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }
  await expect(page).not.toHaveURL(/\/sign-in/);
}

/** Opens an address as if it were typed, and checks how the server answers. Returns once the page reacts. */
export async function visit(page: Page, address: string, status = 200): Promise<void> {
  const answer = await page.goto(address);
  expect(answer?.status(), `status of ${address}`).toBe(status);
  await untilReady(page);
}

function watch(context: BrowserContext, problems: string[]): void {
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    // The answer itself is looked at below, where its status is known.
    if (message.text().startsWith('Failed to load resource')) return;
    problems.push(`${message.page()?.url()} console: ${message.text()}`);
  });
  context.on('weberror', (thrown) => problems.push(`${thrown.page()?.url()} threw ${thrown.error().stack}`));
  context.on('response', (response) => {
    const request = response.request();
    // The status of a page that was opened by its address is checked by whoever opened it.
    if (response.status() < 400 || request.isNavigationRequest()) return;
    problems.push(`${request.method()} ${request.url()} was answered with ${response.status()}`);
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // What a page had asked for when it was left, and when a journey had cut the connection.
    if (reason === 'net::ERR_ABORTED' || reason === 'net::ERR_INTERNET_DISCONNECTED') return;
    problems.push(`${request.method()} ${request.url()} failed: ${reason}`);
  });
}
