/**
 * Node's own flags for a worker. What a round of the engine makes is garbage after its commit: with room for it in the
 * young generation (MB) it is never copied into the old one.
 */
export const workerFlags = ['--max-semi-space-size=32'];
