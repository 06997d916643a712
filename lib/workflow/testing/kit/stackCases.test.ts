import { describe, expect, it } from 'vitest';
import { testWorkflow } from '../index';
import { seenOf, stackCases } from './stackCases';

describe('testWorkflow in memory shows', () => {
  it.each(stackCases)('$title', async ({ workflow, scenario, shows }) => {
    const run = testWorkflow(workflow, scenario);
    if ('rejects' in shows) await expect(run).rejects.toMatchObject({ code: shows.rejects });
    else expect(seenOf(await run)).toMatchObject(shows);
  });

  it('a hundred runs at most, unless told otherwise', async () => {
    const run = testWorkflow(async ({ continueAsNew }) => continueAsNew({}), { name: 'Spinning' });
    await expect(run).rejects.toThrow('More than 100 runs continued as new');
  });
});
