import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyText } from '../histories/historyFile';
import { testWorkflow } from '../kit/testWorkflow';
import { goldenScenarios } from './scenarios';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const packageFile = fileURLToPath(new URL('../../../../package.json', import.meta.url));

/** All golden histories, of every release. */
export const goldenFiles = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}${name}`);

/** Records what this release lacks. A history that exists is never written again. Answers with the new files. */
export async function recordGolden(): Promise<readonly string[]> {
  const { version: release } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const recorded: string[] = [];
  for (const { name, definition, scenario } of goldenScenarios()) {
    const file = `${folder}${release}-${name}.json`;
    if (existsSync(file)) continue;
    const { executionId, history } = await testWorkflow(definition, scenario);
    writeFileSync(file, historyText({ executionId, tenant: 'acme', entries: history }));
    recorded.push(file);
  }
  return recorded;
}
