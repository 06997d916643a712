/**
 * Imported before schemas that browsers use. zod compiles schemas of objects by evaluating text and tries whether it may
 * when one is made; the policy of pages forbids it, and each try would be reported as an attack.
 */
import { config } from 'zod';

if (typeof window !== 'undefined') config({ jitless: true });
