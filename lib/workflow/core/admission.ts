/** What is refused at the door, before anything is stored. */
import { defaultLimits, PayloadTooLargeError } from '../model/limits';
import { assertFits } from '../model/storable';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';

/**
 * @param what names it in the message, as `Event "PAID"`.
 * @throws PayloadTooLargeError for what is larger than a value may be.
 * @throws UnstorableValueError for what could not be given back as it is.
 */
export function admitPayload({ limits = defaultLimits, metrics }: EngineDeps, value: unknown, what: string): void {
  try {
    assertFits(value, what, limits.payload_size.most);
  } catch (error) {
    if (error instanceof PayloadTooLargeError) {
      metrics.count({ counter: instruments.limits, labels: { limit: 'payload_size', outcome: 'refused' } });
    }
    throw error;
  }
}
