/**
 * The one place where types give up: payloads and results of actions that were registered by name carry whatever their
 * author put there, and example code reads properties of them directly. Typed actions and events replace it.
 */
export type Loose = any;
