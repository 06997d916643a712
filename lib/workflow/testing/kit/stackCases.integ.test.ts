// The cases of the tests in memory, on real servers; and what the two show of one, word for word.
import { describe, expect, it } from 'vitest';
import { testWorkflow } from '../index';
import { testWorkflowOnPostgres } from '../onPostgres';
import { seenOf, stackCases } from './stackCases';

describe('testWorkflow on Postgres shows', () => {
  it.each(stackCases)('$title', async ({ workflow, scenario, shows }) => {
    const run = testWorkflowOnPostgres(workflow, scenario);
    if ('rejects' in shows) {
      await expect(run).rejects.toMatchObject({ code: shows.rejects });
      return;
    }
    const seen = seenOf(await run);
    expect(seen).toMatchObject(shows);
    expect(seenOf(await testWorkflow(workflow, scenario))).toEqual(seen);
  });
});
