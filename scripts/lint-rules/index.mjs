// ESLint plugin for workflow code: finds what cannot be brought back from a log before it runs. Needs no types.
import { awaitContextOnly } from './awaitContextOnly.mjs';
import { noFloating } from './noFloating.mjs';
import { noIoImports } from './noIoImports.mjs';
import { noModuleState } from './noModuleState.mjs';
import { noRaceOfAsync } from './noRaceOfAsync.mjs';
import { noSideEffects } from './noSideEffects.mjs';
import { noWaitForTrigger } from './noWaitForTrigger.mjs';

const rules = {
  'no-io-imports': noIoImports,
  'no-side-effects': noSideEffects,
  'await-context-only': awaitContextOnly,
  'no-race-of-async': noRaceOfAsync,
  'no-wait-for-trigger': noWaitForTrigger,
  'no-floating': noFloating,
  'no-module-state': noModuleState,
};

export const workflowRules = { meta: { name: 'baton' }, rules };

/**
 * All rules, for the files that hold workflow code.
 * @param options.triggers names of events that start workflows.
 */
export function deterministic({ files, ignores = [], triggers = [] }) {
  return {
    files,
    ignores,
    plugins: { baton: workflowRules },
    rules: {
      ...Object.fromEntries(Object.keys(rules).map((name) => [`baton/${name}`, 'error'])),
      'baton/no-wait-for-trigger': ['error', { triggers }],
    },
  };
}
