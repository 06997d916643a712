// The parts of `npm test`, in the order they run. Each returns its counts, and may say what it could not run.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuild, hashSources } from './build.mjs';
import { findOrInstallChromium } from './chromium.mjs';
import { runNode, runToEnd } from './children.mjs';
import { countPlaywright, countVitest, withExitCode } from './reports.mjs';
import { ensureSchemaSuite } from './schemaSuite.mjs';
import { startThrowawayProduct } from './throwawayProduct.mjs';
import { startThrowawayServers } from './throwaway.mjs';
import { UserError } from './userError.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped?: number, output?: string, notRun?: string }} PartResult
 *   `output` is shown when something failed; `notRun` names what could not be run, and why.
 * @typedef {{ projectRoot: string, workDir: string, env: NodeJS.ProcessEnv, filters: readonly string[],
 *   onCleanup: (cleanup: () => Promise<void>) => void }} PartContext
 */

/** Told of a machine without Redis, where all that needs it is skipped. */
export const withoutRedis =
  'races, kill points, chaos and all else on Redis: there is no redis-server, and it could not be installed';

/** @type {Record<string, (context: PartContext) => Promise<PartResult>>} */
export const testParts = {
  format: check('check:format'),
  lint: check('check:lint'),
  boundaries: check('check:boundaries'),
  types: check('check:types'),
  dead: check('check:dead'),
  lock: check('check:lock'),
  unit,
  integ,
  build,
  journeys,
};

function check(script) {
  return async ({ projectRoot, env }) => {
    const { code, output } = await runToEnd({
      command: 'npm',
      args: ['run', '--silent', script],
      cwd: projectRoot,
      env,
    });
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, output };
  };
}

async function vitest({ context, project, env }) {
  const report = path.join(context.workDir, `${project}.json`);
  const { code } = await runNode({
    args: [
      ...[path.join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...context.filters],
    ],
    cwd: context.projectRoot,
    env,
    show: true,
  });
  return withExitCode({ counts: fs.existsSync(report) ? countVitest(readJson(report)) : nothing(), code });
}

async function unit(context) {
  await ensureSchemaSuite();
  return vitest({ context, project: 'unit', env: context.env });
}

async function integ(context) {
  const servers = await startThrowawayServers({ projectRoot: context.projectRoot });
  context.onCleanup(servers.stop);
  const env = {
    ...context.env,
    TEST_DATABASE_URL: servers.databaseUrl,
    ...(servers.redisUrl !== undefined && { TEST_REDIS_URL: servers.redisUrl }),
  };
  const result = await vitest({ context, project: 'integ', env });
  if (servers.redisUrl !== undefined) return result;
  return { ...result, notRun: withoutRedis };
}

async function build({ projectRoot, workDir }) {
  try {
    const logFile = path.join(workDir, 'build.log');
    await ensureBuild({ projectRoot, sourceHash: hashSources({ projectRoot }), logFile });
    return { passed: 1, failed: 0 };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { passed: 0, failed: 1, output: error.message };
  }
}

async function journeys(context) {
  const chromium = await findOrInstallChromium();
  if (chromium === undefined) {
    return { ...nothing(), notRun: 'the journeys: there is no Chromium, and it could not be installed' };
  }
  const { projectRoot, workDir } = context;
  const product = await startThrowawayProduct({ projectRoot, env: context.env });
  context.onCleanup(product.stop);
  const report = path.join(workDir, 'journeys.json');
  const { code } = await runNode({
    args: [path.join('node_modules', 'playwright', 'cli.js'), 'test', '--reporter=list,json', ...context.filters],
    cwd: projectRoot,
    env: {
      ...context.env,
      CHROMIUM: chromium,
      E2E_BASE_URL: product.url,
      E2E_RUN_FILE: product.runFile,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    },
    show: true,
  });
  const result = withExitCode({ counts: fs.existsSync(report) ? countPlaywright(readJson(report)) : nothing(), code });
  if (result.failed > 0) product.showLogs();
  return result;
}

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
