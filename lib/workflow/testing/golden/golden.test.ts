import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../histories/historyFile';
import { differenceOf } from '../histories/replayHistory';
import { goldenFiles } from './record';
import { goldenDefinitions, goldenScenarios } from './scenarios';

const workflows = goldenDefinitions();
const files = goldenFiles();

describe('golden histories', () => {
  it('exist for each scenario: npm run -s baton -- record-golden', () => {
    const names = files.map((file) => path.basename(file, '.json'));
    const missing = goldenScenarios().filter(({ name }) => !names.some((known) => known.endsWith(`-${name}`)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it.each(files.map((file) => [path.basename(file), file]))('%s is what the code does today', async (_, file) => {
    const history = readHistory([file]);
    const definition = workflows.find(history.workflow, history.version);
    if (!definition)
      throw new Error(`${history.workflow}@${history.version} is gone: histories of it are kept for ever.`);
    const steps: string[] = [];
    expect(await differenceOf(definition, history, ({ entry }) => steps.push(entry.kind))).toBeNull();
    expect(steps).toHaveLength(history.entries.length);
  });

  it('are noticed when the code takes another way', async () => {
    const [file = ''] = files.filter((name) => name.endsWith('-invoice-v2-decided.json'));
    const history = readHistory([file]);
    const other = {
      name: 'InvoiceReview',
      version: '2',
      run: workflows.find('InvoiceReview', '1')?.run ?? (async () => 1),
    };
    expect(await differenceOf(other, history)).toMatchObject({ seq: 2, recorded: 'action readInvoice' });
  });
});
