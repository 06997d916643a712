import { retryPolicy, type RetryPolicy } from './retryPolicy';
import type { RegisteredAction } from './types';

const policies = new WeakMap<RegisteredAction, RetryPolicy>();

/** An attempt of a dispatched action may take a day unless its author says otherwise. */
const dispatchedTimeoutMs = 24 * 60 * 60_000;

/** How failures of this action are tried again: what its author gave, as its kind allows. */
export function policyOf(definition: RegisteredAction): RetryPolicy {
  const known = policies.get(definition);
  if (known) return known;
  let policy = retryPolicy(definition.retry);
  if (definition.kind === 'simple') {
    if (definition.atMostOnce) policy = { ...policy, attempts: 1 };
    if (definition.dispatch && definition.retry?.timeoutMs === undefined) {
      policy = { ...policy, timeoutMs: dispatchedTimeoutMs };
    }
  }
  policies.set(definition, policy);
  return policy;
}
